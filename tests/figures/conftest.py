"""What tests of figures share: no figure stays open, and shipped learners are loaded once for the whole run."""

import pytest

from zoo.figures import style
from zoo.hub import registry


@pytest.fixture(autouse=True)
def closed():
    """Close what a test has drawn and not written."""
    yield
    style.plt.close("all")


@pytest.fixture
def load_once(shipped, monkeypatch):
    """Figures get the learners that other tests of this run have loaded and traced."""

    def load(name):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(registry, "load", genuine)  # `shipped` looks it up
            return shipped(name)

    genuine = registry.load
    monkeypatch.setattr(registry, "load", load)
