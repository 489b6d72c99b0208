"""The wheel: one top-level name, with the weights inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from zoo.hub import registry

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    source = out / "source"
    names = ["zoo", "setup.py", "pyproject.toml", "README.md", "LICENSE", "layers", "datasets", "export", "serving"]
    source.mkdir()
    subprocess.run(["cp", "-a", *(str(ROOT / name) for name in names), str(source)], check=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_installs_exactly_one_name(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"zoo"}


def test_ships_every_card_and_its_weights(wheel):
    files = set(wheel.namelist())
    for name in registry.names():
        made_by = registry.entry(name).weights_of or name
        assert {f"zoo/cards/{made_by}/{file}" for file in ("model.keras", "training.csv", "training.json")} <= files
        assert f"zoo/cards/{name}/card.json" in files
    assert not [file for file in files if "/logs/" in file or "/resume/" in file]


def test_stays_small(wheel):
    assert sum(info.compress_size for info in wheel.infolist()) < 20e6


def test_describes_itself(wheel):
    name = next(name for name in wheel.namelist() if name.endswith("METADATA"))
    metadata = wheel.read(name).decode()
    assert "Name: fewshot-zoo" in metadata
    assert "Requires-Python: >=3.11" in metadata
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and 'extra == "dev"' not in line]
    assert "<" not in "".join(needed)  # no upper caps on what users install
    assert "tensorflow[and-cuda]" in metadata
