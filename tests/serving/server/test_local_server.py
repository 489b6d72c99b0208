import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from zoo.serving.server.catalog import State, Wanted
from zoo.serving.server.followed import Followed
from zoo.serving.server.local_server import LocalServer, Options
from zoo.utils.errors import ZooError

pytestmark = pytest.mark.xdist_group("served")
BODY = b'{"instances": [[0.5]]}'


def post(url, body=BODY):
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
        return json.load(answer)["predictions"]


def publish(source, target):
    """As `zoo export` does: made aside, then renamed."""
    aside = target.with_name(f".{target.name}.partial")
    shutil.copytree(source, aside)
    aside.rename(target)


class Stream:
    """Requests one after the other from a few threads; keeps every answer and every failure."""

    def __init__(self, url, threads=4):
        self.url, self.answers, self.failures, self.stopped = url, [], [], threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]

    def run(self):
        while not self.stopped.is_set():
            try:
                self.answers.append(post(self.url)[0][0])
            except Exception as error:
                self.failures.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, more):
        wanted = len(self.answers) + more
        until = time.monotonic() + 60
        while len(self.answers) < wanted and not self.failures and time.monotonic() < until:
            time.sleep(0.01)


def test_versions_swap_under_a_stream_of_requests_without_one_failure(served, tmp_path, tiny):
    want = {n: tiny.learn([0.0, 1.0], [1.0, 2.0 * n]).predict([0.5]).item() for n in (1, 2)}
    publish(served / "wave" / "1", tmp_path / "wave" / "1")
    options = Options(port=0, grpc_port=0, poll_seconds=0.05)
    with LocalServer(Followed([tmp_path / "wave"]), options) as server, Stream(f"{server.url}/v1/models/wave:predict") as stream:
        for version in range(2, 7):
            stream.wait_for(20)
            publish(served / "wave" / str(1 + (version + 1) % 2), tmp_path / "wave" / str(version))
            until = time.monotonic() + 60
            while server.catalog.available("wave") != [version] and time.monotonic() < until:
                time.sleep(0.01)
            assert server.catalog.available("wave") == [version]
        (tmp_path / "wave" / "7").mkdir()  # half a version
        until = time.monotonic() + 60
        while (newest := server.catalog.status(Wanted("wave"))[0]).number < 7 or newest.state is not State.END:
            assert time.monotonic() < until
            time.sleep(0.01)  # twenty answers may come before the folder is looked at
        stream.wait_for(20)
        with urllib.request.urlopen(f"{server.url}/v1/models/wave/versions/7", timeout=60) as answer:
            (broken,) = json.load(answer)["model_version_status"]
    assert stream.failures == []
    assert len(stream.answers) >= 100
    near = np.abs(np.array(stream.answers)[:, None] - list(want.values())) < 1e-4
    assert near.any(axis=1).all(), "an answer is neither version's"
    assert near.any(axis=0).all(), "a version never answered"
    assert (broken["state"], broken["status"]["error_code"]) == ("END", "NOT_FOUND")


def test_a_model_or_a_configuration_that_changes_is_followed(served, tmp_path):
    shutil.copytree(served / "wave", tmp_path / "wave")
    config = tmp_path / "models.config"

    def write(label):
        config.write_text(
            'model_config_list { config { name: "wave" base_path: "/models/wave" model_platform: "tensorflow" '
            f'model_version_policy {{ all {{}} }} version_labels {{ key: "{label}" value: 1 }} }} }}'
        )

    write("old")
    with LocalServer(Followed([tmp_path]), Options(port=0, grpc_port=0, poll_seconds=0.05)) as server:
        old = post(f"{server.url}/v1/models/wave/labels/old:predict")
        config.write_text("no configuration")
        time.sleep(0.3)
        assert post(f"{server.url}/v1/models/wave/labels/old:predict") == old  # what is wrong changes nothing
        write("new_label")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                assert post(f"{server.url}/v1/models/wave/labels/new_label:predict") == old
                break
            except urllib.error.HTTPError:
                time.sleep(0.05)
        with pytest.raises(urllib.error.HTTPError, match="400"):
            post(f"{server.url}/v1/models/wave/labels/old:predict")


def test_what_cannot_be_served_is_said_and_no_port_is_kept(served, tmp_path):
    (tmp_path / "m" / "1").mkdir(parents=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for folder, options, message in (
            (tmp_path / "m", Options(port=0, grpc_port=0), "m: no version of it can be served .*version 1"),
            (served, Options(port=port, grpc_port=0), f"port {port} on 127.0.0.1 cannot be bound"),
            (served, Options(port=0, grpc_port=port), f"port {port} on 127.0.0.1 cannot be bound for gRPC"),
            (served, Options(host="no.such.host.invalid", port=0, grpc_port=0), "host 'no.such.host.invalid'"),
        ):
            with pytest.raises(ZooError, match=message):
                LocalServer(Followed([folder]), options).start()
    for wrong in ({"port": -1}, {"poll_seconds": 0}, {"grace_seconds": -1}):
        with pytest.raises(ZooError, match="it must be"):
            Options(**wrong)


def test_zoo_serve_answers_on_this_machine_and_finishes_what_it_took(served, tmp_path):
    command = [
        sys.executable,
        "-u",
        "-m",
        "zoo",
        "serve",
        str(served / "tiny"),
        "--port",
        "0",
        "--grpc-port",
        "0",
        "--access-log",
    ]
    rows = np.zeros((3000, 1)).tolist()
    task = {"support_x": rows, "support_y": rows, "support_size": 3000, "query_x": rows}
    large = json.dumps({"instances": [task] * 4}).encode()
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            notice, address, grpc_address = (process.stdout.readline() for _ in range(3))
            assert "development" in notice
            url = address.split()[1]
            assert url.startswith("http://127.0.0.1:")
            assert grpc_address.split()[1].startswith("127.0.0.1:")
            assert "_pywrap_tensorflow" not in Path(f"/proc/{process.pid}/maps").read_text()  # no Python package of it
            answers = []
            asking = threading.Thread(target=lambda: answers.append(post(url, large)))
            asking.start()
            until = time.monotonic() + 60
            page = url.partition("/v1/")[0] + "/monitoring/prometheus/metrics"
            while time.monotonic() < until and not answers:
                with urllib.request.urlopen(page, timeout=60) as metrics:
                    if b"zoo_requests_taken 1.0" in metrics.read():
                        break
            process.send_signal(signal.SIGTERM)
            asking.join()
            assert np.shape(answers[0]) == (4, 3000, 1)
            assert process.wait(60) == 0
        finally:
            process.kill()
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [event["event"] for event in events] == [
        *("version_available", "serving", "stopping", "request", "version_unloaded", "stopped")
    ]
    request = events[3]
    assert (request["model"], request["version"], request["signature"], request["status"]) == ("tiny", 3, "serving_default", "OK")
    assert request["milliseconds"] > 0
