"""The page, built once by the command line, and what visitors of it see; tests that ask for it are in one group."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from zoo import cli

WEB = Path(__file__).resolve().parents[1] / "web"


@pytest.fixture(scope="session")
def node():
    """Run a script of `tests/web` with arguments; what it prints, as data."""
    command = shutil.which("node", path=sysconfig.get_path("scripts")) or "node"

    def run(script, *arguments):
        done = subprocess.run([command, str(WEB / script), *map(str, arguments)], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def dist():
    """The folder of onnxruntime-web."""
    return WEB / "node_modules/onnxruntime-web/dist"


@pytest.fixture(scope="session")
def site(tmp_path_factory, dist):
    """The folder of the page."""
    out = tmp_path_factory.mktemp("page") / "site"
    assert cli.main(["demo-page", "--out", str(out), "--runtime", str(dist), "--json"]) == 0
    return out


@pytest.fixture(scope="session")
def seen(site, node):
    """What visitors of the wave and the ball see."""
    return node("page.mjs", site / "index.html")
