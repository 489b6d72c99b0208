"""Learners compared on a user's own pictures: errors that are those of leaving out by hand, and what is refused."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

import zoo as library
from zoo.cli import comparison
from zoo.datasets import read_folder
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

layers = keras.layers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures whose classes differ in colour, a learner that sees colour, and one that cannot."""
    folder = tmp_path_factory.mktemp("compared")
    generator = np.random.default_rng(0)
    for name, tone in (("blue", (20, 40, 220)), ("green", (20, 220, 40)), ("red", (220, 40, 20))):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(4):
            picture = np.clip(generator.normal(tone, 30, (12, 12, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(folder / "pictures" / name / f"{number}.png")
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(6, 3), layers.GlobalAveragePooling2D()])
    library.encoded(model, "-1..1").save(folder / "colours.keras")
    PrototypicalNetwork(PrototypicalConfig(size=12, filters=(4, 6), shrink=("pool", "pool"))).save(folder / "grey.keras")
    return folder


@pytest.fixture
def place(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_the_learner_that_fits_comes_first_with_the_error_of_leaving_out_by_hand(zoo, place):
    code, out, _ = zoo("compare", "grey.keras", "colours.keras", "--support", "pictures", "--json")
    first, second = json.loads(out)
    assert code == 0 and (first["name"], second["name"]) == ("colours.keras", "grey.keras")
    assert first["error"] < 0.1 < second["error"] and first["calibrated"]
    data, _ = read_folder(place / "pictures", size=12, channels=1)
    learner, names = library.load(str(place / "grey.keras")), np.array([data.names[label] for label in data.labels])
    wrong = []
    for at in range(len(names)):
        others = np.arange(len(names)) != at
        wrong.append(learner.learn(data.x[others], names[others].tolist()).predict(data.x[at : at + 1])[0] != names[at])
    assert second["error"] == pytest.approx(np.mean(wrong))
    code, out, _ = zoo("compare", "colours.keras", "--support", "pictures")
    assert code == 0 and "12 pictures, 3 classes" in out and out.splitlines()[1].startswith("colours.keras")


def test_what_cannot_be_compared_is_refused(zoo, place, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "single" / name).mkdir(parents=True)
        (tmp_path / "single" / name / "0.png").write_bytes((place / "pictures" / "red" / "0.png").read_bytes())
    code, _, err = zoo("compare", "colours.keras", "--support", tmp_path / "single")
    assert code == 2 and "class 'a' has a single picture" in err
    code, _, err = zoo("compare", "mela_sinusoid", "--support", "pictures")
    assert code == 2 and "not from classes of pictures" in err


def test_of_many_pictures_as_many_of_each_class_are_left_out():
    assert comparison._some(np.array([3, 2])).tolist() == [0, 1, 2, 3, 4]
    kept = comparison._some(np.array([900, 5, 900]))
    assert len(kept) == 133 + 5 + 133 and kept.max() == 905 + 132
