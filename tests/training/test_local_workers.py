"""Processes on loopback: the chief's output is shown, and all end when one does; what they run here needs no TensorFlow."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from zoo.training import local_workers
from zoo.utils.errors import ZooError

READ = "import json, os, pathlib, sys, time\nconfig = json.loads(os.environ['TF_CONFIG'])\nrank = config['task']['index']\n"


def run(body, *arguments):
    local_workers.run([sys.executable, "-c", READ + textwrap.dedent(body), *map(str, arguments)], 3)


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def awaited(what):
    end = time.monotonic() + 60
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    assert what()


def test_workers_get_their_places_and_the_chief_is_heard(tmp_path, capfd):
    run(
        """
        pathlib.Path(sys.argv[1], str(rank)).write_text(json.dumps(config))
        print("progress of", rank)
        print("note of", rank, file=sys.stderr)
        while len(list(pathlib.Path(sys.argv[1]).iterdir())) < 3:
            time.sleep(0.05)
        """,
        tmp_path,
    )
    found = [json.loads((tmp_path / str(rank)).read_text()) for rank in range(3)]
    assert [each["task"] for each in found] == [{"type": "worker", "index": rank} for rank in range(3)]
    addresses = found[0]["cluster"]["worker"]
    assert len(set(addresses)) == 3
    assert all(address.startswith("127.0.0.1:") for address in addresses)
    told = capfd.readouterr()
    assert (told.out, told.err) == ("progress of 0\n", "note of 0\n")


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("os.kill(os.getpid(), 9)", "worker 1 was ended by SIGKILL, and the others with it; run the command again: it resumes"),
        ("sys.exit(3)", "worker 1 failed with exit code 3, and the others with it"),
        ("print('zoo train: the disk is full', file=sys.stderr); sys.exit(2)", "the disk is full"),
    ],
)
def test_all_end_when_one_does_and_one_line_says_why(tmp_path, end, message):
    with pytest.raises(ZooError) as told:
        run(
            f"""
            pathlib.Path(sys.argv[1], str(os.getpid())).touch()
            while len(list(pathlib.Path(sys.argv[1]).iterdir())) < 3:
                time.sleep(0.05)
            if rank == 1:
                {end}
            time.sleep(600)
            """,
            tmp_path,
        )
    assert str(told.value).startswith(message)
    assert not any(is_there(int(path.name)) for path in tmp_path.iterdir())


def test_of_several_that_failed_the_first_cause_is_told():
    """Those who only miss another one come second, whichever was seen first."""

    def worker(rank, code, told):
        return SimpleNamespace(rank=rank, process=SimpleNamespace(poll=lambda: code, returncode=code), told=lambda: told)

    missing = worker(0, 2, "zoo train: another worker of this training is gone; start all of them again")
    for cause, message in ((worker(1, -9, ""), "ended by SIGKILL"), (worker(1, 2, "note\nzoo train: damaged\n"), "^damaged$")):
        with pytest.raises(ZooError, match=message):
            local_workers._refuse_failed([missing, cause, worker(2, None, "")])
    with pytest.raises(ZooError, match=r"^another worker of this training is gone"):
        local_workers._refuse_failed([worker(1, 0, ""), missing])
    local_workers._refuse_failed([worker(0, None, ""), worker(1, 0, "")])


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_the_one_that_started_them_is_stopped(tmp_path, sent):
    """By Ctrl-C at once; when it is killed the workers see it themselves."""
    body = f"{READ}from zoo.training import local_workers\nlocal_workers.end_with_parent()\n"
    body += "pathlib.Path(sys.argv[1], str(os.getpid())).touch()\ntime.sleep(600)"
    code = "import sys\nfrom zoo.training import local_workers\nlocal_workers.run([sys.executable, '-c', *sys.argv[1:]], 2)"
    starter = subprocess.Popen([sys.executable, "-c", code, body, str(tmp_path)], stderr=subprocess.DEVNULL)
    awaited(lambda: len(list(tmp_path.iterdir())) == 2)
    starter.send_signal(sent)
    starter.wait(60)
    for path in tmp_path.iterdir():
        awaited(lambda path=path: not is_there(int(path.name)))


def test_ports_are_free():
    ports = local_workers.free_ports(3)
    assert len(set(ports)) == 3
    for port in ports:
        with socket.socket() as own:
            own.bind(("127.0.0.1", port))
