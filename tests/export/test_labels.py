import math

import keras
import numpy as np
import pytest

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


@pytest.mark.parametrize("kind", FORMATS)
def test_where_none_of_these_begins_is_exported_if_it_was_measured(kind, learner, tmp_path):
    exporter, _ = FORMATS[kind]
    exporter(learner.learn(X, ["elm", "oak", "ash"]), tmp_path / kind)
    assert labels.ood_threshold(tmp_path / kind) == math.inf
    known = learner.calibration
    try:
        learner.calibration = Calibration(ood_threshold=12.5)
        exporter(learner.learn(X, ["elm", "oak", "ash"]), tmp_path / kind, force=True)
    finally:
        learner.calibration = known
    assert labels.ood_threshold(tmp_path / kind) == 12.5
    assert labels.read(tmp_path / kind) == ["ash", "elm", "oak"]


def test_a_saved_model_answers_with_the_names(tiny_names, tmp_path):
    assert set(export.saved_model(tiny_names, tmp_path / "saved")) == {"serving_default", "classify"}
    got = as_saved_model.runner(tmp_path / "saved")("classify")({"query_x": X})
    assert [name.decode() for name in got["class"]] == list(tiny_names.predict(X))
    np.testing.assert_allclose(got["probability"], tiny_names.predict_proba(X), rtol=1e-5)
    export.saved_model(tiny_names, tmp_path / "again")
    assert (tmp_path / "saved/saved_model.pb").read_bytes() == (tmp_path / "again/saved_model.pb").read_bytes()


def test_classes_that_are_numbers_are_named_by_their_digits(learner):
    task = learner.learn(X, [10, 7, 10])
    got = task.served_endpoints()["classify"](query_x=X)["class"].numpy()
    assert got.tolist() == [str(one).encode() for one in task.predict(X)]


def test_a_name_that_utf8_cannot_hold_never_reaches_an_export(learner):
    with pytest.raises(ZooError, match="cannot be written in UTF-8"):
        learner.learn(X, ["a\udcff", "b", "c"])


def test_formats_that_hold_no_strings_are_as_ever(tiny_names, tiny_task, tmp_path):
    assert set(export.onnx(tiny_names, tmp_path / "onnx")) == {"serving_default"}
    assert set(export.litert(tiny_names, tmp_path / "task.tflite")) == {"serving_default"}
    assert set(tiny_task.served_endpoints()) == {"serving_default"}  # it has no classes


def test_what_has_no_classes_exports_none(tiny_task, tmp_path):
    export.onnx(tiny_task, tmp_path / "wave.onnx")
    export.litert(tiny_task, tmp_path / "wave.tflite")
    assert labels.read(tmp_path / "wave.onnx") == labels.read(tmp_path / "wave.tflite") == []
    assert labels.ood_threshold(tmp_path / "wave.onnx") == labels.ood_threshold(tmp_path / "wave.tflite") == math.inf


def test_the_same_task_gives_the_same_bytes(learner, tmp_path):
    for path in (tmp_path / "one", tmp_path / "two"):
        path.write_bytes(b"a model")
        labels.into_litert(learner.learn(X, [3, 1, 2]), path)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes().startswith(b"a model")
    assert labels.read(tmp_path / "one") == ["1", "2", "3"]
