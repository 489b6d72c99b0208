import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf

from zoo import ZooError, export
from zoo.export import as_onnx, parity
from zoo.learners.endpoint import Endpoint


def axes(values):
    return {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in values}


@pytest.fixture(scope="module")
def exported(predicting, tmp_path_factory):
    """The tiny learner's file, and the differences that were found."""
    path = tmp_path_factory.mktemp("onnx") / "learner.onnx"
    return path, export.onnx(predicting, path)


def test_it_agrees_with_the_live_learner_and_padding_stays_out(exported, padded_and_trimmed):
    path, differences = exported
    assert differences == {"serving_default": pytest.approx(0, abs=1e-5)}
    padded, trimmed = map(as_onnx.runner(path), padded_and_trimmed)
    np.testing.assert_allclose(padded["prediction"], trimmed["prediction"], atol=1e-6)


def test_inputs_and_their_axes_are_named(exported):
    graph = onnx.load(exported[0]).graph
    assert axes(graph.input) == {
        "support_x": ["tasks", "support", 1],
        "support_y": ["tasks", "support", 1],
        "support_size": ["tasks"],
        "query_x": ["tasks", "query", 1],
    }
    assert axes(graph.output) == {"prediction": ["tasks", "query", 1]}
    assert graph.doc_string == "tiny: serving_default"


def test_twice_the_same_bytes(exported, predicting, count_on):
    count_on()
    again = as_onnx.convert(predicting.endpoints()["serving_default"], "tiny: serving_default")
    assert again == exported[0].read_bytes()


def test_the_ending_may_be_in_capitals(tiny_task, tmp_path):
    export.onnx(tiny_task, tmp_path / "w.ONNX")
    assert onnx.load(tmp_path / "w.ONNX").graph.input[0].name == "query_x"


def test_a_loop_with_a_gradient_agrees_and_is_twice_the_same_bytes(descent, count_on, tmp_path):
    assert export.onnx(descent, tmp_path / "one.onnx")["serving_default"] < 1e-5
    count_on()
    again = as_onnx.convert(descent.endpoints()["serving_default"], "descent: serving_default")
    assert again == (tmp_path / "one.onnx").read_bytes()


def test_a_loop_runs_as_often_as_it_is_told():
    def power(x, steps):
        count = tf.reduce_max(steps)
        _, y = tf.while_loop(lambda i, _: i < count, lambda i, y: (i + 1, y * x + 1.0), (0, tf.zeros_like(x)))
        return {"y": y}

    specs = {"x": tf.TensorSpec([None], tf.float32), "steps": tf.TensorSpec([None], tf.int32)}
    session = onnxruntime.InferenceSession(as_onnx.convert(Endpoint(power, specs, {}), "power"))
    for steps in (0, 1, 5):
        inputs = {"x": np.array([0.5, 2.0], np.float32), "steps": np.array([steps], np.int32)}
        np.testing.assert_allclose(session.run(None, inputs)[0], power(**inputs)["y"], rtol=1e-6)


def test_a_folder_has_a_file_for_each_signature_with_the_models_title(tiny, part, tmp_path):
    assert set(export.onnx(part(tiny, "adapt", "apply"), tmp_path / "model")) == {"adapt", "apply"}
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"adapt.onnx", "apply.onnx"}
    assert onnx.load(tmp_path / "model/adapt.onnx").graph.doc_string == "tiny: adapt"


def test_a_file_holds_the_signature_that_is_asked_for(tiny, tmp_path):
    assert set(export.onnx(tiny, tmp_path / "apply.onnx", signature="apply")) == {"apply"}
    assert onnx.load(tmp_path / "apply.onnx").graph.doc_string == "tiny: apply"
    with pytest.raises(ZooError, match="no signature 'adopt'; this model has serving_default, adapt, apply"):
        export.onnx(tiny, tmp_path / "other.onnx", signature="adopt")


def test_a_task_leaves_alone_what_is_there_and_has_one_dynamic_axis(tiny_task, tmp_path):
    path = tmp_path / "task.onnx"
    path.write_text("mine")
    with pytest.raises(ZooError, match="exists already"):
        export.onnx(tiny_task, path)
    assert path.read_text() == "mine"
    path.unlink()
    assert export.onnx(tiny_task, path)["serving_default"] < 1e-5
    assert [found.name for found in tmp_path.iterdir()] == ["task.onnx"]
    graph = onnx.load(path).graph
    assert graph.doc_string == "task of tiny: serving_default"
    assert axes((*graph.input, *graph.output)) == {"query_x": ["query", 1], "prediction": ["query", 1]}
    assert as_onnx.convert(tiny_task.endpoints()["serving_default"], graph.doc_string) == path.read_bytes()


def test_nothing_appears_when_the_export_differs(tiny_task, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "TOLERANCE", -1.0)
    with pytest.raises(ZooError, match=r"ONNX, signature 'serving_default': .* differs from the live model"):
        export.onnx(tiny_task, tmp_path / "out.onnx")
    assert list(tmp_path.iterdir()) == []


def test_nan_stays_on_the_side_that_is_not_selected():
    specs = {"x": tf.TensorSpec([None], tf.float32), "take": tf.TensorSpec([None], tf.int32)}
    endpoint = Endpoint(lambda x, take: {"y": tf.where(take > 0, x, 0.0)}, specs, {"x": ("tasks",), "take": ("tasks",)})
    session = onnxruntime.InferenceSession(as_onnx.convert(endpoint, "where"))
    (y,) = session.run(None, {"x": np.array([np.nan, np.inf, 3.0], np.float32), "take": np.array([0, 0, 1], np.int32)})
    assert y.tolist() == [0, 0, 3]


def test_what_a_loop_passes_through_is_copied():
    def count(x, steps):
        _, y, _ = tf.while_loop(lambda i, *_: i < steps[0], lambda i, y, x: (i + 1, y + x, x), (0, tf.zeros_like(x), x))
        return {"y": y}

    specs = {"x": tf.TensorSpec([None], tf.float32), "steps": tf.TensorSpec([None], tf.int32)}
    graph = onnx.load_from_string(as_onnx.convert(Endpoint(count, specs, {}), "count")).graph
    (loop,) = [node for node in graph.node if node.op_type == "Loop"]
    (body,) = [attribute.g for attribute in loop.attribute if attribute.name == "body"]
    assert not {value.name for value in body.input} & {value.name for value in body.output}


def test_a_scalar_added_to_a_convolution_is_no_bias():
    """As in the hard swish of mobile networks, of which the converter's own rule raises."""
    kernel = np.random.default_rng(0).normal(size=(3, 3, 2, 4)).astype(np.float32)

    def hard_swish(x):
        rows = tf.nn.conv2d(x, kernel, 1, "SAME")
        return {"y": rows * tf.nn.relu6(rows + 3.0) / 6.0}

    endpoint = Endpoint(hard_swish, {"x": tf.TensorSpec([None, 5, 5, 2])}, {"x": ("tasks",)})
    session = onnxruntime.InferenceSession(as_onnx.convert(endpoint, "hard swish"))
    x = np.random.default_rng(1).normal(size=(3, 5, 5, 2)).astype(np.float32)
    np.testing.assert_allclose(session.run(["y"], {"x": x})[0], hard_swish(x)["y"], rtol=1e-4, atol=1e-5)
