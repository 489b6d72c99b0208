"""What tests of the site share: the hooks by name, as MkDocs loads them."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hook():
    """Load a file of `docs/hooks`."""

    def load(name):
        spec = importlib.util.spec_from_file_location(name, ROOT / "docs/hooks" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
