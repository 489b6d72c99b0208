"""Embeddings of anything, such as sentences, on the command line: learned, predicted, grown, and refused on one line."""

import csv
import json

import numpy as np
import pytest

WIDTH = 12


def vectors(seed, labels):
    """Embeddings around the direction of each topic."""
    topics = {name: np.random.default_rng(number).normal(size=WIDTH) for number, name in enumerate(("art", "law", "sea"))}
    noise = np.random.default_rng(seed).normal(size=(len(labels), WIDTH))
    return (np.stack([topics[label] for label in labels]) + 0.3 * noise).astype(np.float32)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A CSV and arrays of embeddings."""
    labels = ["art", "law", "art", "law"]
    with open(tmp_path / "known.csv", "w", newline="") as file:
        rows = [[*row, "some text", label] for row, label in zip(vectors(1, labels), labels, strict=True)]
        csv.writer(file).writerows([[*(f"e{each}" for each in range(WIDTH)), "said", "topic"], *rows])
    with open(tmp_path / "new.csv", "w", newline="") as file:
        rows = [[f"text {at}", *row[::-1]] for at, row in enumerate(vectors(2, ["law", "art"]))]
        csv.writer(file).writerows([["said", *(f"e{WIDTH - 1 - each}" for each in range(WIDTH))], *rows])
    np.save(tmp_path / "known.npy", vectors(1, labels))
    np.save(tmp_path / "more.npy", vectors(3, ["sea", "sea"]))
    np.save(tmp_path / "new.npy", vectors(4, ["sea", "art", "law"]))
    (tmp_path / "labels.txt").write_text("\n".join(labels) + "\n")
    (tmp_path / "more.txt").write_text("sea\nsea\n")
    text = (tmp_path / "known.csv").read_text().replace(",some text", "").replace(",said", "")
    (tmp_path / "plain.csv").write_text(text)
    return tmp_path


def test_a_table_of_embeddings_is_learned_without_a_learner_of_ones_own(zoo):
    code, out, err = zoo("learn", "--embeddings", "plain.csv", "--out", "topics")
    assert (code, err) == (0, "") and "learned topics: art (2), law (2)" in out
    code, out, _ = zoo("predict", "topics", "--query", "new.csv")
    found = list(csv.DictReader(out.splitlines()))
    assert [(row["said"], row["class"]) for row in found] == [("text 0", "law"), ("text 1", "art")]
    assert all(0.5 < float(row[f"probability of {row['class']}"]) <= 1 for row in found)
    again = json.loads(zoo("predict", "topics", "--embeddings", "new.csv", "--json")[1])
    assert [each["class"] for each in again] == ["law", "art"]
    assert zoo("export", "topics", "--format", "onnx", "--to", "topics.onnx")[0] == 0


def test_arrays_of_embeddings_are_learned_and_grow(zoo):
    assert zoo("learn", "embeddings-12", "--embeddings", "known.npy", "--labels", "labels.txt", "--out", "topics")[0] == 0
    assert zoo("update", "topics", "--embeddings", "more.npy", "--labels", "more.txt", "--out", "grown", "--json")[0] == 0
    code, out, _ = zoo("predict", "grown", "--embeddings", "new.npy", "--out", "found.csv", "--json")
    assert code == 0 and [each["class"] for each in json.loads(out)] == ["sea", "art", "law"]


def test_embeddings_of_an_own_encoder_are_those_that_it_exports(zoo, place):
    import keras
    import onnxruntime

    import zoo as library

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(WIDTH, 3), keras.layers.GlobalAveragePooling2D()])
    learner = library.encoded(model, "0..1")
    learner.save(place / "mine.keras")
    x = np.random.default_rng(0).uniform(size=(4, 8, 8, 3)).astype(np.float32)
    library.export.onnx(learner.encoder_only(), place / "encoder.onnx")
    (made,) = onnxruntime.InferenceSession(place / "encoder.onnx").run(None, {"query_x": x})
    np.save(place / "made.npy", made)
    assert zoo("learn", "mine.keras", "--embeddings", "made.npy", "--labels", "labels.txt", "--out", "task")[0] == 0
    found = json.loads(zoo("predict", "task", "--embeddings", "made.npy", "--json")[1])
    want = learner.learn(x, ["art", "law", "art", "law"]).predict_proba(x)
    np.testing.assert_allclose([list(each["probabilities"].values()) for each in found], want, rtol=1e-3, atol=1e-4)
    assert zoo("update", "task", "--embeddings", "more.npy", "--labels", "more.txt", "--out", "grown")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("learn", "--embeddings", "known.npy"), "holds no labels; give a text file"),
        (("learn", "--embeddings", "plain.csv", "--labels", "labels.txt"), "--labels goes with an array"),
        (("learn", "--embeddings", "plain.csv", "--label", "sort"), "--label sort: plain.csv has no such column"),
        (("learn", "--embeddings", "known.csv"), "'some text' in column 'said' is"),
        (("learn", "embeddings-9", "--embeddings", "plain.csv"), "the embeddings have 12 numbers, and embeddings-9 learns from"),
        (("learn", "--embeddings", "labels.npy", "--labels", "labels.txt"), "cannot be read as an array"),
        (("learn", "--embeddings", "flat.npy", "--labels", "labels.txt"), "holds float64 of shape [3]; give numbers"),
        (("learn", "--embeddings", "known.npy", "--labels", "words.bin"), "--labels words.bin is no UTF-8 text (byte 1)"),
        (("learn", "--support", "known.csv"), "give the name of a learner"),
        (("learn", "tabular", "--support", "plain.csv", "--labels", "labels.txt"), "--labels goes with --embeddings only"),
    ],
)
def test_what_are_no_embeddings_is_refused_on_one_line(zoo, place, arguments, message):
    np.save(place / "flat.npy", np.zeros(3))
    (place / "words.bin").write_bytes(b"a\xff\xfe")
    code, _, err = zoo(*arguments, "--out", "task")
    assert code == 2 and message in err and err.count("\n") == 1
