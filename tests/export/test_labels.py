import math

import keras
import numpy as np
import onnx
import pytest
from onnx import helper

from zoo import ZooError, export
from zoo.export import as_litert, as_onnx, as_saved_model, labels
from zoo.learners.capabilities.calibrates import Calibration
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

X = np.random.default_rng(0).uniform(size=[3, 8, 8, 1]).astype(np.float32)
FORMATS = {
    "saved": (export.saved_model, lambda path: as_saved_model.runner(path)("serving_default")),
    "task.onnx": (export.onnx, as_onnx.runner),
    "task.tflite": (export.litert, lambda path: as_litert.runner(path)("serving_default")),
}


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(size=8, filters=(3,), shrink=("pool",)))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_exported_task_says_its_classes_in_the_order_of_its_logits(kind, learner, tmp_path):
    exporter, runner = FORMATS[kind]
    task = learner.learn(X, ["späte\nEiche", "elm", "ash"])
    exporter(task, tmp_path / kind)
    names = labels.read(tmp_path / kind)
    assert [" ".join(name.split()) for name in names] == ["ash", "elm", "späte Eiche"]
    best = runner(tmp_path / kind)({"query_x": X})["prediction"].argmax(axis=1)
    assert [task.classes[at] for at in best] == list(task.predict(X))


def empty(path):
    """A file or folder of each format without any classes in it."""
    if path.suffix == ".onnx":
        onnx.save(helper.make_model(helper.make_graph([], "empty", [], [])), path)
        return labels.into_onnx
    if path.suffix == ".tflite":
        path.write_bytes(b"a model")
        return labels.into_litert
    path.mkdir()
    return labels.into_saved_model


@pytest.mark.parametrize("kind", FORMATS)
def test_the_out_of_distribution_threshold_is_exported_if_it_was_measured(kind, learner, tmp_path, monkeypatch):
    task = learner.learn(X, ["elm", "oak", "ash"])
    for folder, threshold in (("without", math.inf), ("with", 12.5)):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / kind
        monkeypatch.setattr(type(task), "ood_threshold", threshold)
        empty(path)(task, path)
        assert labels.ood_threshold(path) == threshold
        assert labels.read(path) == ["ash", "elm", "oak"]


def test_the_threshold_of_a_task_is_its_learners_calibration(learner):
    task, known = learner.learn(X, ["elm", "oak", "ash"]), learner.calibration
    try:
        learner.calibration = Calibration(ood_threshold=12.5)
        assert task.ood_threshold == 12.5
    finally:
        learner.calibration = known
    assert task.ood_threshold == math.inf


def test_classes_that_are_numbers_are_named_by_their_digits(learner):
    task = learner.learn(X, [10, 7, 10])
    got = task.served_endpoints()["classify"](query_x=X)["class"].numpy()
    assert got.tolist() == [str(one).encode() for one in task.predict(X)]


def test_a_name_that_utf8_cannot_hold_never_reaches_an_export(learner):
    with pytest.raises(ZooError, match="cannot be written in UTF-8"):
        learner.learn(X, ["a\udcff", "b", "c"])


def test_formats_that_hold_no_strings_have_no_signature_of_names(tiny_names, tiny_task):
    assert set(tiny_names.endpoints()) == {"serving_default"}
    assert set(tiny_names.served_endpoints()) == {"serving_default", "classify"}
    assert set(tiny_task.served_endpoints()) == {"serving_default"}  # it has no classes


@pytest.mark.parametrize("kind", FORMATS)
def test_what_has_no_classes_exports_none(kind, tiny_task, tmp_path):
    path = tmp_path / kind
    into = empty(path)
    before = path.read_bytes() if path.is_file() else list(path.iterdir())
    into(tiny_task, path)
    assert before == (path.read_bytes() if path.is_file() else list(path.iterdir()))
    assert labels.read(path) == []
    assert labels.ood_threshold(path) == math.inf


def test_the_same_task_gives_the_same_bytes(learner, tmp_path):
    for path in (tmp_path / "one", tmp_path / "two"):
        path.write_bytes(b"a model")
        labels.into_litert(learner.learn(X, [3, 1, 2]), path)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes().startswith(b"a model")
    assert labels.read(tmp_path / "one") == ["1", "2", "3"]
