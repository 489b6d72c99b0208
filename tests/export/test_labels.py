import keras
import numpy as np
import pytest

from zoo import export
from zoo.export import as_litert, as_onnx, as_saved_model, labels
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


def test_what_has_no_classes_exports_none(tiny_task, tmp_path):
    export.onnx(tiny_task, tmp_path / "wave.onnx")
    export.litert(tiny_task, tmp_path / "wave.tflite")
    assert labels.read(tmp_path / "wave.onnx") == labels.read(tmp_path / "wave.tflite") == []


def test_the_same_task_gives_the_same_bytes(learner, tmp_path):
    for path in (tmp_path / "one", tmp_path / "two"):
        path.write_bytes(b"a model")
        labels.into_litert(learner.learn(X, [3, 1, 2]), path)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes().startswith(b"a model")
    assert labels.read(tmp_path / "one") == ["1", "2", "3"]
