"""An endpoint: keyword arguments in, named tensors out, and one graph for every shape that it allows."""

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint

SPEC = tf.TensorSpec([None, 2], tf.float32)
X, Y = np.array([[1.0, 2.0]], np.float32), np.array([[3.0, 5.0]], np.float32)


def difference():
    traced = []

    def function(y, x):
        traced.append(x.shape)
        return {"difference": x - y}

    return Endpoint(function, {"x": SPEC, "y": SPEC}, {"x": ("rows",), "y": ("rows",)}), traced


def test_a_call_names_its_inputs():
    endpoint, _ = difference()
    np.testing.assert_array_equal(endpoint(x=X, y=Y)["difference"], X - Y)


def test_the_traced_graph_takes_inputs_in_their_order_whatever_the_functions_is():
    endpoint, traced = difference()
    graph = endpoint.traced()
    for rows in (1, 4):
        np.testing.assert_array_equal(graph(np.repeat(X, rows, 0), np.repeat(Y, rows, 0))["difference"], [[-2, -3]] * rows)
    assert [shape.as_list() for shape in traced] == [[None, 2]]
    assert [spec.name for spec in graph.input_signature] == ["x", "y"]
