"""From a user's folder of pictures to class names, probabilities and a file for a phone, on the command line."""

import csv
import functools
import json
import shutil

import numpy as np
import pytest
from PIL import Image, ImageDraw

from zoo.datasets import read_pictures
from zoo.export import as_litert, labels
from zoo.hub import registry
from zoo.serving import Client
from zoo.serving.server.followed import Followed
from zoo.serving.server.local_server import LocalServer, Options

CLASSES = ("bolt", "cross", "ring")


def drawn(kind, number, mode="RGB", paper="white", ink="navy", size=90):
    """A picture of one class; the number moves it a little."""
    picture = Image.new("RGB", (size + 10 * (number % 2), size), paper)
    pen = ImageDraw.Draw(picture)
    a, b = 12 + 3 * number, size - 14 + 2 * number
    lines = {
        "ring": [],
        "cross": [(a, a, b, b), (a, b, b, a)],
        "bolt": [(b, a, a, size // 2), (a, size // 2, b, size // 2), (b, size // 2, a, b)],
    }
    for line in lines[kind]:
        pen.line(line, ink, width=6)
    if kind == "ring":
        pen.ellipse((a, a, b, b), outline=ink, width=6)
    return picture.convert(mode)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three classes of two and three pictures to learn from, and new ones, one of them damaged."""
    folder = tmp_path_factory.mktemp("shapes")
    for kind in CLASSES:
        (folder / "pictures" / kind).mkdir(parents=True)
        for number in range(3 if kind == "ring" else 2):
            drawn(kind, number, mode="L" if number else "RGB").save(folder / "pictures" / kind / f"{number}.png")
    new = folder / "new"
    (new / "deeper").mkdir(parents=True)
    drawn("ring", 4, paper="black", ink="yellow").save(new / "a ring.png")
    drawn("bolt", 3, ink="gray", size=200).save(new / "bolt.jpg")
    drawn("cross", 3).save(new / "deeper" / "cross.png")
    (new / "broken.png").write_bytes(b"no picture")
    return folder


loaded = functools.cache(registry.load)


@pytest.fixture
def place(folder, monkeypatch):
    """Beside the pictures, with learners that are loaded once."""
    monkeypatch.setattr(registry, "load", loaded)
    return folder


@pytest.fixture
def shapes(zoo, folder):
    """The task that the command learns, once."""
    where = folder / "shapes"
    if not where.exists():
        assert zoo("learn", "protonet_omniglot", "--support", "pictures", "--out", "shapes")[0] == 0
    return where


def test_learn_says_what_it_does_to_pictures(zoo, shapes):
    (shapes.parent / "pictures/cross/broken.png").write_bytes(b"no picture")
    code, out, err = zoo("learn", "protonet_omniglot", "--support", "pictures", "--out", "again")
    assert code == 0
    assert out.splitlines()[0] == "7 pictures, now 28 x 28 in grey"
    assert "3 made grey" in out
    assert "all inverted, so that ink is bright" in out
    assert "learned again: bolt (2), cross (2), ring (3); " in out
    assert len(err.splitlines()) == 1
    assert err.startswith("zoo learn: pictures/cross/broken.png cannot be read as a picture and is skipped")
    code, out, _ = zoo("learn", "protonet_omniglot", "--support", "pictures", "--out", "no", "--invert", "no", "--json")
    predicted = json.loads(out)
    assert (code, predicted["examples"]) == (0, {"bolt": 2, "cross": 2, "ring": 3})
    assert [path for path, _ in predicted["pictures"]["skipped"]] == ["pictures/cross/broken.png"]
    assert not [step for step, _ in predicted["pictures"]["steps"] if step.startswith("inverted")]
    assert json.loads((shapes.parent / "no/task.json").read_text())["notes"]["pictures"]["invert"] is False
    (shapes.parent / "pictures/cross/broken.png").unlink()


def test_predict_gives_the_names(zoo, shapes):
    code, out, err = zoo("predict", shapes, "--query", "new", "--json")
    assert code == 0
    assert "new/broken.png cannot be read" in err
    found = json.loads(out)
    assert {each["file"]: each["class"] for each in found} == {
        "new/a ring.png": "ring",
        "new/bolt.jpg": "bolt",
        "new/deeper/cross.png": "cross",
    }
    for each in found:
        assert tuple(each["probabilities"]) == CLASSES
        assert each["is_ood"] is (each["ood_score"] > loaded("protonet_omniglot").calibration.ood_threshold)
        assert sum(each["probabilities"].values()) == pytest.approx(1, abs=1e-4)
        assert max(each["probabilities"], key=each["probabilities"].get) == each["class"]


def test_predict_as_a_table_and_as_csv(zoo, shapes):
    code, out, err = zoo("predict", shapes, "--query", "new/bolt.jpg")
    assert code == 0
    assert "zoo predict: all shrunk" in err
    header, row = out.splitlines()
    assert header.split() == ["file", "class", "probability", "ood_score"]
    assert row.split()[:2] == ["new/bolt.jpg", "bolt"]
    assert zoo("predict", shapes, "--query", "new", "--out", "answers.csv")[0] == 0
    predicted = json.loads(zoo("predict", shapes, "--query", "new", "--json")[1])
    with open("answers.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, each in zip(rows, predicted, strict=True):
        assert (row["file"], row["class"]) == (each["file"], each["class"])
        assert float(row["ood_score"]) == pytest.approx(each["ood_score"], rel=1e-5)
        for name, share in each["probabilities"].items():
            assert float(row[f"probability of {name}"]) == pytest.approx(share, abs=1e-6)


def test_names_and_probabilities_leave_for_a_phone(zoo, shapes, folder):
    code, _, _ = zoo("export", shapes, "--format", "litert", "--to", "shapes.tflite")
    assert code == 0
    assert labels.read("shapes.tflite") == list(CLASSES)
    predicted = json.loads(zoo("predict", shapes, "--query", "new", "--json")[1])
    x, _, _ = read_pictures([each["file"] for each in predicted])
    (logits,) = as_litert.runner("shapes.tflite")("serving_default")({"query_x": x.astype(np.float32) / 255}).values()
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    want = [list(each["probabilities"].values()) for each in predicted]
    np.testing.assert_allclose(odds / odds.sum(axis=1, keepdims=True), want, atol=1e-4)
    np.testing.assert_allclose(-logits.max(axis=1), [each["ood_score"] for each in predicted], rtol=1e-3)


def test_a_server_answers_with_the_names(zoo, shapes, folder):
    code, out, _ = zoo("export", shapes, "--to", "models")
    assert (code, out.startswith("published models/shapes/1, verified")) == (0, True)
    predicted = json.loads(zoo("predict", shapes, "--query", "new", "--json")[1])
    x, _, _ = read_pictures([each["file"] for each in predicted])
    with (
        LocalServer(Followed([folder / "models"]), Options(port=0, grpc_port=0)) as server,
        Client(server.url, "shapes") as client,
    ):
        assert client.predict(x / 255).tolist() == [each["class"] for each in predicted]
        want = [list(each["probabilities"].values()) for each in predicted]
        np.testing.assert_allclose(client.predict_proba(x / 255), want, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("learn mela_sinusoid --support pictures --out x", "not from classes of pictures; give it a CSV"),
        ("learn protonet_omniglot --support new/bolt.jpg --out x", "cannot be read"),
        ("learn protonet_omniglot --support gone --out x", "gone cannot be read"),
        ("learn protonet_omniglot --support points.csv --out x", "give a folder with a sub-folder of pictures for each class"),
        ("learn mela_sinusoid --support points.csv --out x --invert yes", "--invert yes is about pictures"),
        ("learn protonet_omniglot --support new --out x", "holds one class only, 'deeper'"),
        ("predict shapes --query gone", "gone is not there"),
        ("predict shapes --query points.csv", "holds no picture that can be read"),
        ("predict shapes --query new --out shapes", "exists already"),
    ],
)
def test_wrong_use_gets_one_line(zoo, shapes, arguments, message):
    (shapes.parent / "points.csv").write_text("x,y\n1,2\n")
    code, out, err = zoo(*arguments.split())
    assert code == 2
    assert message in err.splitlines()[-1]
    assert out == ""


def test_pictures_do_not_come_from_standard_input(zoo, shapes):
    code, out, err = zoo("predict", shapes, "--query", "-")
    assert (code, out) == (2, "")
    assert "standard input holds a CSV, but this task is one of pictures" in err


def test_ask_says_which_pictures_to_label(zoo, shapes):
    code, out, err = zoo("ask", shapes, "--candidates", "new", "--top", 2, "--json")
    found = json.loads(out)
    assert (code, len(found)) == (0, 2)
    assert all(each["file"].startswith("new/") and each["likeliest"] in CLASSES for each in found)
    assert found[0]["score"] > 0 and found[0]["file"] != found[1]["file"]
    told = {each["file"]: each for each in json.loads(zoo("predict", shapes, "--query", "new", "--json")[1])}
    for each in found:
        assert each["probability"] == pytest.approx(max(told[each["file"]]["probabilities"].values()), abs=1e-3)
        assert (each["likeliest"], each["is_ood"]) == (told[each["file"]]["class"], told[each["file"]]["is_ood"])
    code, out, err = zoo("ask", shapes, "--candidates", "new", "--at", "pictures/ring", "--rule", "fall", "--top", 9)
    assert (code, len(out.splitlines())) == (0, 4)
    assert "zoo ask: 3 pictures, now" in err and "broken.png" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("shapes --candidates gone", "gone is not there; give a picture, or a folder of pictures."),
        ("shapes --candidates points.csv", "holds no picture that can be read"),
        ("gone --candidates new", "gone"),
    ],
)
def test_what_cannot_be_asked_about_is_one_line(zoo, shapes, arguments, message):
    (shapes.parent / "points.csv").write_text("x,y\n1,2\n")
    code, out, err = zoo("ask", *arguments.split())
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]


def test_what_is_no_picture_is_counted(zoo, shapes, folder):
    (folder / "new" / "notes.txt").write_text("notes")
    code, _, err = zoo("predict", shapes, "--query", "new")
    (folder / "new" / "notes.txt").unlink()
    assert code == 0
    assert "zoo predict: left out 1 that are no pictures: new/notes.txt" in err.splitlines()


def test_json_and_a_csv_of_pictures_are_both_written(zoo, shapes, folder):
    code, out, _ = zoo("predict", shapes, "--query", "new/bolt.jpg", "--json", "--out", "both.csv")
    assert code == 0
    assert json.loads(out)[0]["class"] == "bolt"
    assert "new/bolt.jpg,bolt," in (folder / "both.csv").read_text()


def test_pictures_without_a_label_refine_a_task_and_update_it(zoo, folder):
    shutil.copytree(folder / "pictures", folder / "some")
    for name, numbers in (("some", (3, 4)), ("more", (5,))):
        (folder / name / "_unlabelled").mkdir(parents=True)
        for kind in CLASSES:
            for number in numbers:
                drawn(kind, number).save(folder / name / "_unlabelled" / f"{kind}{number}.png")
    code, out, err = zoo("learn", "semi_masked_omniglot", "--support", "some", "--out", "refined")
    assert (code, err) == (0, "")
    assert "learned refined: without a label (6), bolt (2), cross (2), ring (3); " in out
    code, out, _ = zoo("update", "refined", "--support", "more", "--out", "grown", "--json")
    assert (code, json.loads(out)["examples"]) == (0, {"_unlabelled": 9, "bolt": 2, "cross": 2, "ring": 3})
    found = json.loads(zoo("predict", "grown", "--query", "new", "--json")[1])
    assert [each["class"] for each in found] == ["ring", "bolt", "cross"]
    assert all(tuple(each["probabilities"]) == CLASSES for each in found)
    code, out, err = zoo("learn", "protonet_omniglot", "--support", "some", "--out", "plain")
    assert code == 0 and "learned plain: bolt (2), cross (2), ring (3); " in out
    assert "_unlabelled has pictures without a label, which only some learners use; they are left out" in err
    code, _, err = zoo("update", "plain", "--support", "more", "--out", "none")
    assert code == 2 and "more holds pictures without a label only" in err
