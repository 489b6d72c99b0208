import hypothesis
import hypothesis.strategies as st
import numpy as np
import onnx.reference
import pytest
import task_ways
from onnx import TensorProto, helper, numpy_helper

from zoo import ZooError
from zoo.export import c_plan, c_source

WIDTH = 3
STEPS = st.tuples(st.sampled_from(["Add", "Sub", "Tanh", "Concat"]), st.integers(0, 9), st.integers(0, 9))


def graph(nodes, constants=(), outputs=WIDTH):
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, WIDTH])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, outputs])
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in dict(constants).items()]
    return helper.make_graph(nodes, "test", [x], [y], tensors)


def reference(made):
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)])
    return lambda x: np.concatenate([onnx.reference.ReferenceEvaluator(model).run(None, {"x": row[None]})[0] for row in x])


def rows(count=4):
    return np.random.default_rng(0).uniform(-2, 2, (count, WIDTH)).astype(np.float32)


def compiled(plan, folder):
    (folder / "net.c").write_text(c_source.source(plan, "net"))
    (folder / "net.h").write_text(c_source.header(plan, "net", "a test", 0.0))
    run = task_ways.Compiled(folder / "net.c")
    return lambda x: run({"query_x": x})["prediction"]


def test_every_operation_is_onnxs_in_numpy_and_in_c(tmp_path):
    kernel = np.random.default_rng(1).normal(size=(WIDTH + 2, WIDTH)).astype(np.float32)
    nodes = [
        helper.make_node("Slice", ["x", "one", "far", "axis"], ["tail"]),
        helper.make_node("Concat", ["tail", "x"], ["concatenated"], axis=1),
        helper.make_node("MatMul", ["concatenated", "kernel"], ["v0"]),
    ]
    chain = [(name, ["tail"]) for name in c_plan.UNARY]
    for number, (name, _) in enumerate(chain):
        alpha = {"alpha": 0.7} if name in c_plan.SLOPES else {}
        given = f"v{number}"
        if name == "Sqrt":  # of no negative number
            nodes.append(helper.make_node("Mul", [given, given], ["square"]))
            given = "square"
        nodes.append(helper.make_node(name, [given], [f"u{number}"], **alpha))
        nodes.append(helper.make_node("Add", [f"u{number}", "x"], [f"v{number + 1}"]))
    nodes += [
        helper.make_node("Div", [f"v{len(chain)}", "minus"], ["quotient"]),
        helper.make_node("Mul", ["quotient", "vector"], ["product"]),
        helper.make_node("Sub", ["first", "product"], ["difference"]),
        helper.make_node("Unsqueeze", ["difference", "axis"], ["deeper"]),
        helper.make_node("Squeeze", ["deeper", "axis"], ["y"]),
    ]
    constants = {"one": [1], "far": [2**31 - 1], "axis": [1], "kernel": kernel, "minus": np.float32(-1.5)}
    constants["vector"] = np.array([[0.1, -2e-9, 3e7]], np.float32)
    nodes.insert(0, helper.make_node("Slice", ["x", "zero", "one", "axis"], ["first"]))
    constants["zero"] = [0]
    made = graph(nodes, constants)
    plan = c_plan.make(made, {}, "a test", saved=None)
    x = rows()
    want = reference(made)(x)
    np.testing.assert_allclose(plan.run(x), want, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(compiled(plan, tmp_path)(x), want, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"transB": 1, "alpha": 0.5, "beta": -2.0}])
def test_a_product_with_a_bias_is_onnxs(settings, tmp_path):
    generator = np.random.default_rng(0)
    kernel = generator.normal(size=(4, WIDTH) if settings else (WIDTH, 4)).astype(np.float32)
    nodes = [helper.make_node("Gemm", ["x", "kernel", "bias"], ["y"], **settings)]
    made = graph(nodes, {"kernel": kernel, "bias": generator.normal(size=4).astype(np.float32)}, 4)
    plan = c_plan.make(made, {}, "a test", saved=None)
    want = reference(made)(rows())
    np.testing.assert_allclose(plan.run(rows()), want, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(compiled(plan, tmp_path)(rows()), want, rtol=1e-5, atol=1e-6)


def test_the_sum_of_a_vector_is_onnxs_and_that_of_rows_is_refused(tmp_path):
    x, y = (helper.make_tensor_value_info(name, 1, [1, 1, size]) for name, size in (("x", 5), ("y", 1)))
    nodes = [helper.make_node("Mul", ["x", "x"], ["square"]), helper.make_node("ReduceSum", ["square", "axis"], ["y"])]
    axis = numpy_helper.from_array(np.array([2]), "axis")
    plan = c_plan.make(helper.make_graph(nodes, "test", [x], [y], [axis]), {}, "a test", saved=1)
    given = np.random.default_rng(0).normal(size=[4, 5]).astype(np.float32)
    want = np.square(given).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(plan.run(given), want, rtol=1e-6)
    np.testing.assert_allclose(compiled(plan, tmp_path)(given), want, rtol=1e-6)
    pairs, each = (helper.make_tensor_value_info(name, 1, sizes) for name, sizes in (("x", [1, 2, 5]), ("y", [1, 2, 1])))
    with pytest.raises(ZooError, match="ONNX's operation 'ReduceSum', and C source is written for networks of vectors only"):
        c_plan.make(helper.make_graph(nodes, "test", [pairs], [each], [axis]), {}, "a test", saved=1)


def test_what_is_missing_is_filled_in_and_what_is_too_far_is_clipped(tmp_path):
    nodes = [
        helper.make_node("Abs", ["x"], ["size"]),
        helper.make_node("LessOrEqual", ["size", "largest"], ["there"]),
        helper.make_node("Where", ["there", "x", "fill"], ["whole"]),
        helper.make_node("Min", ["whole", "high"], ["below"]),
        helper.make_node("Max", ["below", "low"], ["y"]),
    ]
    constants = {
        "largest": np.float32(3e38),
        "fill": np.float32([[0.5, -0.5, 0.25]]),
        "high": np.float32(1),
        "low": np.float32(-1),
    }
    made = graph(nodes, constants)
    plan = c_plan.make(made, {}, "a test", saved=None)
    x = np.array([[np.nan, 2.0, -7.0], [0.1, np.nan, np.nan]], np.float32)
    want = [[0.5, 1.0, -1.0], [0.1, -0.5, 0.25]]
    for run in (plan.run, compiled(plan, tmp_path), reference(made)):
        np.testing.assert_allclose(run(x), want, rtol=1e-6)


@hypothesis.given(st.lists(STEPS, max_size=12))
@hypothesis.settings(max_examples=60)
def test_memory_is_shared_only_by_numbers_that_are_not_needed_at_once(drawn):
    nodes, values = [], ["x"]
    for number, (kind, one, other) in enumerate(drawn):
        a, b, out = values[-1 - one % len(values)], values[-1 - other % len(values)], f"v{number}"
        if kind == "Concat":  # two vectors concatenated, and the middle of them taken out again
            nodes += [
                helper.make_node("Concat", [a, b], [f"concatenated{number}"], axis=1),
                helper.make_node("Slice", [f"concatenated{number}", "begin", "end", "axis"], [out]),
            ]
        else:
            nodes.append(helper.make_node(kind, [a] if kind == "Tanh" else [a, b], [out]))
        values.append(out)
    nodes.append(helper.make_node("Sub", [values[-1], values[len(values) // 2]], ["y"]))
    made = graph(nodes, {"begin": [2], "end": [2 + WIDTH], "axis": [1]})
    plan = c_plan.make(made, {}, "a test", saved=c_plan.SAVED)
    np.testing.assert_allclose(plan.run(rows()), reference(made)(rows()), rtol=1e-5, atol=1e-5)


def test_matrices_become_int8_where_that_saves_enough_with_the_largest_weight_at_the_end_of_the_scale():
    kernel = np.array([[1.0, 0.0], [-4.0, 0.0], [2.0, 0.0]], np.float32)
    made = graph([helper.make_node("MatMul", ["x", "kernel"], ["y"])], {"kernel": kernel}, outputs=2)
    assert c_plan.make(made, {}, "a test", saved=c_plan.SAVED).constants["kernel"].scale is None
    # Of 24 bytes 6 and two scales of 4 are left.
    weights = c_plan.make(made, {}, "a test", saved=10).constants["kernel"]
    np.testing.assert_array_equal(weights.values, [[32, -127, 64], [0, 0, 0]])
    np.testing.assert_allclose(weights.scale, [4 / 127, 1])
    assert c_plan.make(made, {}, "a test", saved=None).constants["kernel"].scale is None
    one_row = graph([helper.make_node("Mul", ["x", "x"], ["y"])])
    assert c_plan.make(one_row, {}, "a test", saved=c_plan.SAVED).constants == {}


def test_other_operations_are_refused_by_name():
    for node in (helper.make_node("Cos", ["x"], ["y"]), helper.make_node("MatMul", ["x", "x"], ["y"])):
        with pytest.raises(ZooError, match=f"a test has ONNX's operation '{node.op_type}'.*use zoo.export.litert"):
            c_plan.make(graph([node]), {}, "a test", saved=c_plan.SAVED)
    strided = helper.make_node("Slice", ["x", "begin", "end", "axis", "step"], ["y"])
    constants = {"begin": [0], "end": [WIDTH], "axis": [1], "step": [2]}
    with pytest.raises(ZooError, match=r"operation 'Slice'.*use zoo.export.litert"):
        c_plan.make(graph([strided], constants), {}, "a test", saved=c_plan.SAVED)
