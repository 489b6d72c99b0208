import numpy as np
import pytest

from zoo import ZooError, export
from zoo.export import as_litert, as_onnx, as_saved_model, parity

FORMATS = {"saved_model": export.saved_model, "onnx": export.onnx, "litert": export.litert}
EXPORTED_TWICE_MAY_DIFFER = {"fingerprint.pb"}  # holds a random uuid


@pytest.fixture(params=FORMATS)
def exporter(request):
    return FORMATS[request.param]


@pytest.fixture(params=["learner", "task"])
def model(request, tiny, tiny_task):
    return {"learner": tiny, "task": tiny_task}[request.param]


@pytest.fixture
def only(monkeypatch):
    """Leave a model some of its signatures; converting all takes long, and `test_signatures.py` does."""

    def leave(model, *kept):
        some = {key: value for key, value in model.endpoints().items() if key in kept}
        monkeypatch.setattr(model, "endpoints", lambda: some)

    return leave


def contents(path):
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files if file.name not in EXPORTED_TWICE_MAY_DIFFER}


def test_a_task_model_agrees_with_the_live_one(exporter, tiny_task, tmp_path):
    differences = exporter(tiny_task, tmp_path / "out")
    assert set(differences) == set(tiny_task.endpoints())
    assert max(differences.values()) < 1e-5


def test_twice_the_same_bytes(exporter, model, tmp_path, only):
    only(model, "serving_default", "fine_tune")  # the last one holds a loop
    exporter(model, tmp_path / "one")
    model.endpoints()["serving_default"].traced().get_concrete_function()  # moves every counter of the process on
    exporter(model, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_does_not_overwrite_unless_forced(exporter, tiny_task, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        exporter(tiny_task, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"
    exporter(tiny_task, tmp_path / "out", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_appears_when_the_export_differs(exporter, tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match="differs from the live model"):
        exporter(tiny_task, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_weights_are_stored_once(tiny, tmp_path, only):
    only(tiny, "serving_default", "adapt")  # both read them
    export.saved_model(tiny, tmp_path / "model")
    stored = (tmp_path / "model/variables/variables.data-00000-of-00001").stat().st_size
    bytes_of_weights = 4 * tiny.count_params()
    assert bytes_of_weights <= stored < 1.5 * bytes_of_weights + 2000


def test_onnx_names_its_axes_and_inputs(tiny, tmp_path):
    import onnx

    export.onnx(tiny, tmp_path / "model.onnx")
    graph = onnx.load(tmp_path / "model.onnx").graph
    axes = {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in graph.input}
    assert axes == {
        "support_x": ["tasks", "support", 1],
        "support_y": ["tasks", "support", 1],
        "support_size": ["tasks"],
        "query_x": ["tasks", "query", 1],
    }
    assert [value.name for value in graph.output] == ["prediction"]


def test_onnx_with_an_ending_is_one_file_for_one_signature(tiny, tmp_path):
    assert set(export.onnx(tiny, tmp_path / "adapt.onnx", signature="adapt")) == {"adapt"}
    with pytest.raises(ZooError, match="no signature 'adopt'; this model has serving_default, adapt, apply"):
        export.onnx(tiny, tmp_path / "other.onnx", signature="adopt")


def test_padding_of_nan_stays_out_in_every_format(tiny, tmp_path, only):
    only(tiny, "serving_default")
    endpoint = tiny.endpoints()["serving_default"]
    export.saved_model(tiny, tmp_path / "sm")
    export.onnx(tiny, tmp_path / "m.onnx")
    export.litert(tiny, tmp_path / "m.tflite")
    inputs = parity.example(endpoint, {"tasks": 2, "support": 5, "query": 3}, seed=1)
    real = inputs["support_size"][0]
    assert np.isnan(inputs["support_x"][:, real:]).any()
    trimmed = {**inputs, "support_x": inputs["support_x"][:, :real], "support_y": inputs["support_y"][:, :real]}
    for runner in (
        as_saved_model.runner(tmp_path / "sm")("serving_default"),
        as_onnx.runner(tmp_path / "m.onnx"),
        as_litert.runner(tmp_path / "m.tflite")("serving_default"),
    ):
        np.testing.assert_allclose(runner(inputs)["prediction"], runner(trimmed)["prediction"], atol=1e-6)


def test_a_loop_survives_canonical_names():
    import onnxruntime
    import tensorflow as tf

    from zoo.learners.endpoint import Endpoint

    def power(x, steps):
        count = tf.reduce_max(steps)
        _, y = tf.while_loop(lambda i, _: i < count, lambda i, y: (i + 1, y * x + 1.0), (0, tf.zeros_like(x)))
        return {"y": y}

    specs = {"x": tf.TensorSpec([None], tf.float32), "steps": tf.TensorSpec([None], tf.int32)}
    one, two = (as_onnx.convert(Endpoint(power, specs, {}), "power") for _ in range(2))
    assert one == two
    session = onnxruntime.InferenceSession(one)
    for steps in (0, 1, 5):
        inputs = {"x": np.array([0.5, 2.0], np.float32), "steps": np.array([steps], np.int32)}
        np.testing.assert_allclose(session.run(None, inputs)[0], power(**inputs)["y"], rtol=1e-6)
