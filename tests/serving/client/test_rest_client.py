import re
import subprocess
import sys
from pathlib import Path

import pytest

import zoo.serving
from zoo.serving import Client
from zoo.utils.errors import ZooError

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("127.0.0.1:8501", {}, r"url='127.0.0.1:8501': pass scheme, host and port"),
        ("grpc://here:1", {}, "pass scheme"),
        ("http://user:word@here", {}, "pass scheme"),
        ("http://here/v1", {}, "leave out /v1"),
        ("http://here", {"name": "a/b"}, r"name='a/b': a model's name contains no white space"),
        ("http://here", {"name": ""}, "name=''"),
        ("http://here", {"version": 1, "label": "stable"}, "pass one of the two"),
        ("http://here", {"version": "1"}, "version='1': a version is a whole number"),
        ("http://here", {"version": True}, "version=True"),
        ("http://here", {"version": -1}, "version=-1"),
        ("http://here", {"label": "a b"}, "label='a b'"),
        ("http://here", {"timeout": 0}, r"timeout=0: pass seconds above 0"),
        ("http://here", {"timeout": (1.0, -1.0)}, "timeout="),
        ("http://here", {"retries": -1}, "0 or more"),
    ],
)
def test_arguments_that_cannot_be_right_are_refused(url, options, message):
    with pytest.raises(ZooError, match=message):
        Client(url, **{"name": "tiny", **options})


def test_says_where_and_what_it_is():
    for options, which in (
        ({}, "newest version"),
        ({"version": 3}, "version 3"),
        ({"label": "stable"}, "label 'stable'"),
    ):
        with Client("http://here:8501/", "tiny", timeout=1.5, **options) as client:
            assert repr(client) == f"<Client of tiny at http://here:8501, {which}>"


def test_without_grpc_the_extra_is_named():
    code = """
import sys
sys.modules["grpc"] = None
import zoo.serving
try:
    zoo.serving.GrpcClient
except zoo.serving.client.errors.ZooError as error:
    print(error)
try:
    zoo.serving.nothing
except AttributeError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "gRPC needs grpc, which is not installed; pip install 'fewshot-zoo[serve]'."
    assert second.startswith("module 'zoo.serving' has no attribute 'nothing'; it has Client, GrpcClient")


@pytest.mark.xdist_group("tiny on a server")
def test_the_guide_runs(rest_server, tmp_path, monkeypatch):
    guide = (ROOT / "docs" / "serving" / "clients.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 4
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec("".join(blocks).replace("http://127.0.0.1:8501", rest_server), names)
    names["client"].close()
    assert set(names["kinds"].classes) == {"star", "moon"}
    for error in set(re.findall(r"`(\w+Error)`", guide)):
        assert error == "ZooError" or hasattr(zoo.serving, error)
