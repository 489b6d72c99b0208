import numpy as np
import onnx
import onnx.reference
from onnx import TensorProto, helper, numpy_helper
from tensorflow.core.protobuf import saved_model_pb2

from zoo.export import canonical


def model(*numbers):
    """A SavedModel with functions of these numbers; function k has k + 10 outputs, and each is called once."""
    saved = saved_model_pb2.SavedModel()
    graph = saved.meta_graphs.add()
    for order, number in enumerate(numbers):
        function = graph.graph_def.library.function.add()
        function.signature.name = f"__inference_f_{number}"
        graph.object_graph_def.concrete_functions[f"__inference_f_{number}"].bound_inputs.append(order + 10)
        node = graph.graph_def.node.add(name=f"call_{order}")
        node.attr["f"].func.name = f"__inference_f_{number}"
    return saved.SerializeToString(deterministic=True)


def test_functions_are_numbered_by_creation_everywhere_they_are_named():
    saved = saved_model_pb2.SavedModel.FromString(canonical.saved_model(model(70, 80, 100)))
    (graph,) = saved.meta_graphs
    names = [f"__inference_f_{order}" for order in range(3)]
    assert [function.signature.name for function in graph.graph_def.library.function] == names
    assert [node.attr["f"].func.name for node in graph.graph_def.node] == names
    held = graph.object_graph_def.concrete_functions
    assert {key: list(held[key].bound_inputs) for key in held} == dict(zip(names, ([10], [11], [12]), strict=True))


def test_a_new_name_that_is_the_old_name_of_another_loses_nothing():
    want = canonical.saved_model(model(70, 80, 100))
    assert canonical.saved_model(model(1, 2, 3)) == want
    assert canonical.saved_model(model(0, 2, 5)) == want


def test_what_is_canonical_stays_as_it_is():
    once = canonical.saved_model(model(7, 9))
    assert canonical.saved_model(once) == once


def graph(names, order, values=(2.0, 2.0)):
    """y = relu(x + 2) * (x - 2) under inner names of any kind; `order` is that of the first two nodes."""
    total, rest, positive, one, other = names
    first = [helper.make_node("Add", ["x", one], [total], name=f"add_{total}"), helper.make_node("Sub", ["x", other], [rest])]
    nodes = [
        *(first[at] for at in order),
        helper.make_node("Relu", [total], [positive]),
        helper.make_node("Mul", [positive, rest], ["y"]),
    ]
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy")
    constants = [numpy_helper.from_array(np.float32(value), name) for name, value in zip((one, other), values, strict=True)]
    made = helper.make_graph(nodes, "test", [x], [y], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)])


NAMES = ("total", "rest", "positive", "one", "other")


def test_onnx_is_the_same_whatever_the_inner_names_and_the_order_of_nodes():
    want = canonical.onnx(graph(NAMES, (0, 1)))
    assert canonical.onnx(graph(("a", "b", "c", "d", "e"), (1, 0))) == want
    assert canonical.onnx(graph(("e", "d", "c", "b", "a"), (0, 1))) == want
    assert canonical.onnx(onnx.load_from_string(want)) == want
    assert canonical.onnx(graph(NAMES, (0, 1), values=(2.0, 3.0))) != want


def test_canonical_onnx_keeps_inputs_outputs_and_answers_and_merges_what_is_equal():
    model = onnx.load_from_string(canonical.onnx(graph(NAMES, (1, 0))))
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["x", "y"]
    assert len(model.graph.initializer) == 1
    x = np.array([-3.0, 5.0], np.float32)
    (y,) = onnx.reference.ReferenceEvaluator(model).run(None, {"x": x})
    np.testing.assert_array_equal(y, np.maximum(x + 2, 0) * (x - 2))


def test_equal_nodes_of_onnx_become_one():
    model = graph(NAMES, (0, 1))
    nodes = [
        *model.graph.node[:2],
        helper.make_node("Add", ["x", "one"], ["again"]),
        helper.make_node("Mul", ["total", "again"], ["y"]),
    ]
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)
    made = onnx.load_from_string(canonical.onnx(model)).graph.node
    assert [node.op_type for node in made].count("Add") == 1
    (product,) = [node for node in made if node.op_type == "Mul"]
    assert product.input[0] == product.input[1]


def test_outputs_that_are_computed_alike_have_nodes_of_different_names():
    nodes = [helper.make_node("Neg", ["x"], [name], name=f"neg_{name}") for name in "yz"]
    x, y, z = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xyz")

    def made(order):
        return helper.make_model(helper.make_graph([nodes[at] for at in order], "test", [x], [y, z]))

    found = canonical.onnx(made([0, 1]))
    assert len({node.name for node in onnx.ModelProto.FromString(found).graph.node}) == 2
    assert canonical.onnx(made([1, 0])) == found
