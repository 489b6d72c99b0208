import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf

from zoo import ZooError, export
from zoo.export import as_onnx
from zoo.learners.endpoint import Endpoint


def test_onnx_names_its_axes_and_inputs(tiny, tmp_path):
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


def test_the_ending_may_be_in_capitals(tiny_task, tmp_path):
    export.onnx(tiny_task, tmp_path / "w.ONNX")
    assert onnx.load(tmp_path / "w.ONNX").graph.input[0].name == "query_x"


def test_a_loop_survives_canonical_names():
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


def test_a_folder_has_a_file_for_each_signature_with_the_models_title(tiny, tmp_path, only):
    only(tiny, "adapt", "apply")
    assert set(export.onnx(tiny, tmp_path / "model")) == {"adapt", "apply"}
    assert {path.name for path in (tmp_path / "model").iterdir()} == {"adapt.onnx", "apply.onnx"}
    assert onnx.load(tmp_path / "model/adapt.onnx").graph.doc_string == "tiny: adapt"


def test_a_task_model_has_one_dynamic_axis_that_of_the_query(tiny_task, tmp_path):
    export.onnx(tiny_task, tmp_path / "task.onnx")
    graph = onnx.load(tmp_path / "task.onnx").graph
    assert graph.doc_string == "task of tiny: serving_default"
    axes = [[d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in (*graph.input, *graph.output)]
    assert axes == [["query", 1], ["query", 1]]


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
