"""A learned task inside of its graph: a file of ONNX that answers as the task, from queries alone."""

import numpy as np
import onnx
import pytest

from zoo import ZooError
from zoo.runtime import baked, sessions

X, Y, NEW = [0.0, 1.0, 2.0], [1.0, 0.0, -1.0], np.linspace(-3, 3, 5, dtype=np.float32)[:, None]


def test_it_answers_as_the_task_for_any_number_of_queries(waves):
    task = waves.learn(X, Y)
    session = sessions.opened(baked.task_model(task, waves.file("apply")))
    assert [value.name for value in session.get_inputs()] == ["query_x"]
    for rows in (1, 5):
        got = session.run(["prediction"], {"query_x": NEW[:rows]})[0]
        np.testing.assert_allclose(got, task.answers(NEW[:rows]), rtol=1e-6)


def test_its_axes_have_names_and_the_same_task_the_same_bytes(names, tiny_names):
    task = names.learn(np.ones([2, 8, 8, 1], np.float32), ["oak", "elm"])
    data = baked.bake(names.file("apply"), task.learned, task.title)
    model = onnx.load_from_string(data)
    assert [axis.dim_param or axis.dim_value for axis in model.graph.input[0].type.tensor_type.shape.dim] == ["query", 8, 8, 1]
    assert model.graph.output[0].type.tensor_type.shape.dim[0].dim_param == "query"
    assert model.graph.doc_string == "task of tiny_names"
    assert data == baked.bake(names.file("apply"), task.learned, task.title)


def test_a_graph_that_holds_an_encoder_stays_outside(waves, monkeypatch):
    monkeypatch.setattr(baked, "LARGEST", waves.file("apply").stat().st_size - 1)
    assert baked.task_model(waves.learn(X, Y), waves.file("apply")) == b""


def test_a_model_that_answers_otherwise_is_not_written(waves, monkeypatch):
    task, apply = waves.learn(X, Y), waves.graphs.apply
    other = {name: value + 1 for name, value in task.learned.items()}
    monkeypatch.setattr(waves.graphs, "apply", lambda _, query_x: apply(other, query_x))
    with pytest.raises(ZooError, match=r"as ONNX answers .* apart from itself"):
        baked.task_model(task, waves.file("apply"))
