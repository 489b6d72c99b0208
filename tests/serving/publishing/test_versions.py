import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from zoo.serving.publishing import versions
from zoo.utils import partial
from zoo.utils.errors import ZooError

PUBLISH = """
import sys
from pathlib import Path
from zoo.serving.publishing import versions
base, who = Path(sys.argv[1]), sys.argv[2]
for turn in range(6):
    with versions.staged(base) as folder:
        folder.mkdir()
        for part in range(20):
            (folder / str(part)).write_text(who)
        print(versions.claim(folder, base))
"""
DIE = """
import sys, time
from pathlib import Path
from zoo.serving.publishing import versions
with versions.staged(Path(sys.argv[1])) as folder:
    folder.mkdir()
    (folder / "saved_model.pb").write_text("half")
    print("half", flush=True)
    time.sleep(60)
"""


def start(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def add(base, name, content="whole"):
    (base / name).mkdir(parents=True)
    (base / name / "saved_model.pb").write_text(content)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        *[("1", 1), ("0001", 1), ("+1", 1), (" 12\t", 12), ("-3", -3), (str(2**63 - 1), 2**63 - 1)],
        *[(name, None) for name in ("", "v1", "1.2", "1.partial", ".1", "1_000", "1 2", "\u0661", "+", str(2**63), "0x1")],
    ],
)
def test_a_version_is_what_tensorflow_serving_reads_as_an_integer(name, version):
    assert versions.number(name) == version


def test_the_next_version_follows_the_highest_however_it_is_written(tmp_path):
    for name in ("007", "3", "v9", "12.partial"):
        add(tmp_path, name)
    (tmp_path / "8").write_text("a file takes a number as well")
    with versions.staged(tmp_path) as folder:
        folder.mkdir()
        assert versions.claim(folder, tmp_path) == 9
    assert set(versions.present(tmp_path)) == {3, 7, 8, 9}


def test_processes_that_publish_at_once_never_collide(tmp_path):
    processes = [start(PUBLISH, tmp_path, who) for who in "abc"]
    told = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert sorted(map(int, told)) == list(range(1, 19))
    assert sorted(int(child.name) for child in tmp_path.iterdir()) == list(range(1, 19))
    for version in tmp_path.iterdir():
        assert len({part.read_text() for part in version.iterdir()}) == 1
        assert len(list(version.iterdir())) == 20


def test_of_two_that_want_one_number_one_gets_it(tmp_path):
    outcomes, barrier = [], threading.Barrier(2)

    def publish(who):
        with versions.staged(tmp_path) as folder:
            folder.mkdir()
            (folder / "saved_model.pb").write_text(who)
            versions.check_free(tmp_path, 5)
            barrier.wait()
            try:
                outcomes.append(versions.claim(folder, tmp_path, 5))
            except ZooError as error:
                outcomes.append(str(error))

    threads = [threading.Thread(target=publish, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 5 in outcomes
    (refusal,) = (outcome for outcome in outcomes if outcome != 5)
    assert "never changes" in refusal
    assert "the next free one, 6" in refusal
    assert [child.name for child in tmp_path.iterdir()] == ["5"]


def test_a_version_that_is_there_is_refused_under_any_spelling(tmp_path):
    add(tmp_path, "0001")
    with pytest.raises(ZooError, match="0001 exists already"):
        versions.check_free(tmp_path, 1)
    for wrong in (0, -1, 2**63, True, 1.5):
        with pytest.raises(ZooError, match="whole number from 1"):
            versions.check_free(tmp_path, wrong)


def test_who_dies_leaves_no_version_and_the_next_one_tidies_up(tmp_path):
    with start(DIE, tmp_path) as process:
        assert process.stdout.readline() == "half\n"
        assert versions.present(tmp_path) == {}
        assert partial.sweep(tmp_path) == []  # it lives
        process.send_signal(signal.SIGKILL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".")
    assert left.name.endswith(".partial")
    with versions.staged(tmp_path) as folder:
        assert not left.exists()
        assert len(list(tmp_path.iterdir())) == 1
        assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_holds_no_lock_is_kept_for_a_day(tmp_path):
    for name, age in ((".aaaaaaaa.partial", 3600), (".bbbbbbbb.partial", partial.ABANDONED + 3600)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    with versions.staged(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".aaaaaaaa.partial"]


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), versions.staged(tmp_path / "wave") as folder:
        folder.mkdir()
        raise RuntimeError
    assert list((tmp_path / "wave").iterdir()) == []


def test_pruning_keeps_the_newest_and_what_is_spared(tmp_path):
    for name in ("1", "002", "3", "10", "v0"):
        add(tmp_path, name)
    assert versions.prune(tmp_path, 2, {1}) == [2]
    assert sorted(child.name for child in tmp_path.iterdir()) == ["1", "10", "3", "v0"]
    assert versions.prune(tmp_path, 9) == []
