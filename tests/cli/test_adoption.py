"""From a Keras model of anybody's to a learner in one file, and a task of pictures of it, on the command line."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from zoo.hub import embedded_pictures, registry

layers = keras.layers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A backbone, pictures of two classes, new ones, and a background."""
    folder = tmp_path_factory.mktemp("adopted")
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(8, 3, name="maps"), layers.GlobalAveragePooling2D()])
    model.save(folder / "backbone.keras")
    generator = np.random.default_rng(0)
    for kind, counts in (
        ("pictures", {"red": 3, "blue": 3}),
        ("more", {"green": 2}),
        ("background", dict.fromkeys("abcdefghij", 4)),
    ):
        for name, count in counts.items():
            (folder / kind / name).mkdir(parents=True)
            tone = {"red": [255, 0, 0], "blue": [0, 0, 255], "green": [0, 255, 0]}.get(name) or generator.integers(0, 256, 3)
            for number in range(count):
                picture = np.clip(generator.normal(tone, 40, (20, 16, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(picture).save(folder / kind / name / f"{number}.png")
    (folder / "more" / "red").mkdir()
    (folder / "pictures" / "red" / "2.png").rename(folder / "more" / "red" / "2.png")
    return folder


@pytest.fixture
def place(folder, tmp_path, monkeypatch):
    """Beside them, with a cache of each test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def test_a_backbone_becomes_a_learner_that_learns_predicts_and_grows(zoo, place, monkeypatch):
    code, out, err = zoo("adopt", "backbone.keras", "--preprocess=-1..1", "--licence", "MIT", "--out", "mine.keras")
    assert (code, err) == (0, "")
    assert "examples of 16 x 16 x 3, embeddings of 8 numbers; uncalibrated, but for tasks with two examples" in out
    assert registry.load(str(place / "mine.keras")).licence.startswith("MIT; SHA-256")
    assert zoo("learn", "mine.keras", "--support", "pictures", "--out", "colours")[0] == 0
    code, first, err = zoo("predict", "colours", "--query", "pictures", "--json")
    assert code == 0 and {each["class"] for each in json.loads(first)} == {"red", "blue"}
    monkeypatch.setattr(embedded_pictures.picture, "read_picture", lambda *_: 1 / 0)  # all of it is in the cache
    assert zoo("predict", "colours", "--query", "pictures", "--json")[1] == first
    assert zoo("learn", "mine.keras", "--support", "pictures", "--out", "again")[0] == 0
    monkeypatch.undo()
    monkeypatch.chdir(place)
    assert zoo("update", "colours", "--support", "more", "--out", "grown", "--json")[0] == 0
    found = json.loads(zoo("predict", "grown", "--query", "more", "--json")[1])
    assert {each["class"] for each in found} == {"green", "red"}
    assert zoo("export", "grown", "--head-only", "--format", "onnx", "--to", "head.onnx")[0] == 0


def test_one_picture_of_each_class_is_said_to_be_uncalibrated_until_a_background_is(zoo, place, tmp_path):
    for name in ("red", "blue"):
        (tmp_path / "single" / name).mkdir(parents=True)
        (tmp_path / "single" / name / "0.png").write_bytes((place / "pictures" / name / "0.png").read_bytes())
    single = tmp_path / "single"
    options = ("--preprocess", "0..1", "--layer", "maps")
    code, _, err = zoo("adopt", "backbone.keras", *options, "--out", "plain.keras")
    assert code == 0 and "answers with [None, 14, 14, 8]; an embedding is the mean" in err
    code, _, err = zoo("learn", "plain.keras", "--support", single, "--out", "one")
    assert code == 0 and "zoo learn: uncalibrated: one example of each class" in err
    code, out, err = zoo("predict", "one", "--query", single)
    assert "unknown" in out and "zoo predict: uncalibrated" in err
    assert json.loads(zoo("predict", "one", "--query", single, "--json")[1])[0]["calibrated"] is False
    code, out, _ = zoo(
        "adopt", "backbone.keras", "--preprocess=2,-1", "--background", "background", "--out", "known.keras", "--json"
    )
    facts = json.loads(out)
    assert code == 0 and facts["spread"] > 0 and facts["embedding"] == 8
    code, _, err = zoo("learn", "known.keras", "--support", single, "--out", "sure")
    assert (code, err) == (0, "")
    found = json.loads(zoo("predict", "sure", "--query", single, "--json")[1])
    assert all("calibrated" not in each for each in found)


def test_what_cannot_be_adopted_is_refused_on_one_line(zoo, place):
    for arguments, message in (
        (("backbone.keras", "--out", "mine"), "--out mine: a learner is written to a file that ends in .keras"),
        (("backbone.keras", "--out", "x.keras"), "the model begins with no Rescaling, so say which numbers"),
        (("backbone.keras", "--preprocess=a,b", "--out", "x.keras"), "--preprocess=a,b: give a name, or two numbers"),
        (("nothing.keras", "--out", "x.keras"), "there is no such file"),
        (
            ("backbone.keras", "--size", "9", "--preprocess", "0..1", "--out", "x.keras"),
            "the model reads examples of [16, 16, 3]",
        ),
    ):
        code, _, err = zoo("adopt", *arguments)
        assert code == 2 and message in err and err.count("\n") == 1
    assert zoo("adopt", "backbone.keras", "--preprocess", "0..1", "--out", "twice.keras")[0] == 0
    code, _, err = zoo("adopt", "twice.keras", "--out", "x.keras")
    assert code == 2 and "is a Encoded of the zoo already; learn from it by: zoo learn twice.keras" in err
    code, _, err = zoo("learn", "backbone.keras", "--support", "pictures", "--out", "task")
    assert code == 2 and "make one around it by zoo adopt" in err
