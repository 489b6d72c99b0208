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
