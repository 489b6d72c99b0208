"""The registry: folders list the entries, and weights are those of the card or refused."""

import json
import shutil

import numpy as np
import pytest

from zoo import ZooError
from zoo.hub import registry
from zoo.learners.capabilities.calibrates import Calibration


@pytest.fixture
def copied_cards(tmp_path, monkeypatch):
    shutil.copytree(registry.CARDS, tmp_path / "cards")
    monkeypatch.setattr(registry, "CARDS", tmp_path / "cards")
    return tmp_path / "cards"


def test_the_folder_is_the_registry():
    """The file of an entry lies on a shelf, which is no part of its name."""
    assert registry.names() == sorted(path.stem for path in registry.ENTRIES.glob("*/[!_]*.py"))
    assert "mela_sinusoid" in registry.names()
    assert registry.entry("mela_sinusoid").learner.__name__ == "MeLA"


def test_a_typo_gets_the_closest_names():
    with pytest.raises(ZooError, match="did you mean mela_sinusoid or"):
        registry.load("mela_sinusiod")
    with pytest.raises(ZooError, match=r"the zoo has .*mela_sinusoid"):
        registry.load("qqqqqqqq")


def test_every_entry_has_a_summary_that_fits_a_line():
    for name in registry.names():
        assert 20 < len(registry.summary(name)) < 110


def test_untrained_weights_must_be_asked_for():
    for name in registry.names():
        assert registry.load(name, weights=None).origin == {}
    with pytest.raises(ZooError, match="pass 'shipped', or None"):
        registry.load(name, weights="mine")


def test_missing_weights_are_an_error(copied_cards):
    (copied_cards / "mela_sinusoid/model.keras").unlink()
    with pytest.raises(ZooError, match="weights of mela_sinusoid are missing"):
        registry.load("mela_sinusoid")


def test_one_flipped_bit_is_an_error(copied_cards):
    path = copied_cards / "mela_sinusoid/model.keras"
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ZooError, match="does not match the SHA-256"):
        registry.load("mela_sinusoid")


@pytest.mark.parametrize(("text", "message"), [(None, "is missing"), ("{", "is damaged")])
def test_a_missing_or_damaged_card_is_an_error(copied_cards, text, message):
    path = copied_cards / "mela_sinusoid/card.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ZooError, match=message):
        registry.load("mela_sinusoid")


def test_two_learners_of_one_file_of_weights(copied_cards):
    learner, trained = registry.load("simple_shot_omniglot"), registry.load("pretrained_omniglot")
    assert not (copied_cards / "simple_shot_omniglot/model.keras").exists()
    assert learner.config == registry.entry("simple_shot_omniglot").config
    assert learner.calibration != trained.calibration
    trained.calibration = learner.calibration
    for weight, other in zip(learner.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, other)
    assert learner.origin == {"name": "simple_shot_omniglot", "sha256": trained.origin["sha256"]}
    (copied_cards / "pretrained_omniglot/model.keras").unlink()
    with pytest.raises(ZooError, match="weights of simple_shot_omniglot are missing"):
        registry.load("simple_shot_omniglot")


def test_loads_a_users_own_file_or_folder(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    for path in (tmp_path, tmp_path / "model.keras"):
        learner = registry.load(str(path))
        assert learner.config == tiny.config
        assert learner.origin["name"] == str(tmp_path / "model.keras")


def test_a_file_that_is_no_model_is_an_error(tmp_path):
    (tmp_path / "model.keras").write_text("nothing")
    with pytest.raises(ZooError, match="cannot be read as a Keras model"):
        registry.load(str(tmp_path / "model.keras"))
    with pytest.raises(ZooError, match="cannot be read as a Keras model"):
        registry.load(str(tmp_path / "gone.keras"))


def test_every_entry_has_a_card_of_its_own_name():
    for name in registry.names():
        assert registry.card(name)["name"] == name


def test_an_entry_of_other_weights_is_as_sure_as_its_own_card_says(copied_cards):
    path = copied_cards / "simple_shot_omniglot/card.json"
    card = json.loads(path.read_text())
    card["evaluation"]["calibration"] = {"temperature": 0.5, "spread": 0.0, "ood_threshold": 3.0, "error": []}
    path.write_text(json.dumps(card))
    assert registry.load("simple_shot_omniglot").calibration == Calibration(0.5, 0.0, 3.0)
    path.unlink()  # before it was ever measured
    assert registry.load("simple_shot_omniglot").calibration == Calibration()
