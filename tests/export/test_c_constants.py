"""What reads constants only is what ONNX makes of it; everything else of a graph is left as it is."""

import numpy as np
import onnx.reference
import pytest
from onnx import TensorProto, helper, numpy_helper

from zoo.export import c_constants, c_plan

KNOTS = np.arange(24, dtype=np.float32).reshape(1, 3, 8)


@pytest.mark.parametrize(
    "given",
    [
        {"start": [2], "stop": [3], "axis": [2]},
        {"start": [1, -3], "stop": [3, 2**31 - 1], "axis": [1, -1]},
        {"start": [0, 1], "stop": [1, 2]},
        {"start": [0], "stop": [8], "axis": [2], "step": [3]},
    ],
)
def test_a_part_of_a_constant_is_onnxs(given):
    node = helper.make_node("Slice", ["knots", *given], ["part"])
    arrays = {"knots": KNOTS} | {name: np.array(values) for name, values in given.items()}
    tensors = [numpy_helper.from_array(value, name) for name, value in arrays.items()]
    out = helper.make_tensor_value_info("part", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "test", [], [out], tensors)
    (want,) = onnx.reference.ReferenceEvaluator(helper.make_model(graph)).run(None, {})
    assert list(c_constants.taken([node], arrays)) == []
    np.testing.assert_array_equal(arrays["part"], want)


def test_what_is_made_of_constants_is_one_and_other_axes_are_told():
    nodes = [
        helper.make_node("Unsqueeze", ["a", "axis"], ["row"]),
        helper.make_node("Mul", ["row", "row"], ["squares"]),
        helper.make_node("ReduceSum", ["squares", "axis"], ["column"]),
    ]
    arrays = {"a": np.arange(3, dtype=np.float32), "axis": np.array([0])}
    assert list(c_constants.taken(nodes, arrays)) == nodes[:1]
    np.testing.assert_array_equal(arrays["column"], [[0.0, 1.0, 4.0]])


def test_what_is_computed_stays_in_the_graph():
    nodes = [helper.make_node("Slice", ["x", "a", "b"], ["y"]), helper.make_node("Tanh", ["y"], ["z"])]
    assert list(c_constants.taken(nodes, {"a": np.array([0]), "b": np.array([1])})) == nodes


def test_a_plan_adds_the_knots_of_each_column_to_it():
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3]) for name in "xy")
    nodes = [
        helper.make_node("Slice", ["knots", "start", "stop", "axis"], ["knot"]),
        helper.make_node("Squeeze", ["knot", "axis"], ["vector"]),
        helper.make_node("Add", ["x", "vector"], ["y"]),
    ]
    places = {name: numpy_helper.from_array(np.array([value]), name) for name, value in (("start", 1), ("stop", 2), ("axis", 2))}
    graph = helper.make_graph(nodes, "test", [x, helper.make_tensor_value_info("knots", 1, [1, 3, 8])], [y], places.values())
    plan = c_plan.make(graph, {"knots": KNOTS}, "a test", saved=None)
    np.testing.assert_array_equal(plan.run(np.zeros([1, 3])), KNOTS[:, :, 1])
