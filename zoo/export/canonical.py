"""Deterministic exports: names that contain process-wide counters are replaced by their order, so bytes are equal."""

import hashlib
import re
from collections import Counter
from typing import Any

import onnx as onnx_proto
from google.protobuf.message import Message
from tensorflow.core.protobuf import saved_model_pb2


def saved_model(data: bytes) -> bytes:
    """Rename the functions of a `saved_model.pb`, whose names end in a process-wide counter, by their order of creation."""
    model = saved_model_pb2.SavedModel.FromString(data)
    for graph in model.meta_graphs:
        library = graph.graph_def.library
        counted = [re.fullmatch(r"(.*_)(\d+)", function.signature.name) for function in library.function]
        created = sorted((match for match in counted if match), key=lambda match: int(match[2]))
        new = {match[0]: f"{match[1]}{order}" for order, match in enumerate(created)}
        _replace(graph, new)
        for function in library.function:
            for arg in function.arg_attr.values():
                _forget_number(arg.attr)
            _forget_loop_number(function)
            for node in function.node_def:
                # It names a gradient by its number, and a signature is not differentiated again.
                node.attr.pop("_gradient_op_type", None)
        library.function.sort(key=lambda function: function.signature.name)
    return model.SerializeToString(deterministic=True)


def onnx(model: onnx_proto.ModelProto) -> bytes:
    """Name every inner tensor of an ONNX model after what computes it, order the nodes by those names, and merge equal ones.

    The converter's own names and order follow process-wide counters and the order of sets. The graph's inputs and outputs
    keep their names.
    """
    graph = model.graph
    _canonical_graph(graph, {value.name: value.name for value in (*graph.input, *graph.output)} | {"": ""}, level=0)
    return model.SerializeToString(deterministic=True)


def _canonical_graph(graph: onnx_proto.GraphProto, named: dict[str, str], level: int) -> None:
    """Rename a graph in place; `named` maps the old names that it can see to new ones, and is extended."""
    for value in graph.initializer:
        old, value.name = value.name, ""
        value.name = named[old] = f"constant{level}_{_digest(value)}"
    outputs = {value.name for value in graph.output}
    depth: dict[str, int] = {}  # of each tensor: the longest way to it from an input
    nodes: dict[tuple, onnx_proto.NodeProto] = {}
    for node in graph.node:  # the converter's order is topological
        node.input[:] = [named[name] for name in node.input]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _canonical_subgraph(attribute.g, named, level + 1)
        node.attribute.sort(key=lambda attribute: attribute.name)
        old, node.output[:], node.name = list(node.output), [], ""
        node.name = f"{node.op_type}{level}_{_digest(node)}"
        named |= {name: name if name in outputs else f"{node.name}_{k}" for k, name in enumerate(old) if name}
        node.output[:] = [named[name] for name in old]
        here = 1 + max((depth.get(name, 0) for name in node.input), default=0)
        depth |= dict.fromkeys(node.output, here)
        nodes[here, node.name, *node.output] = node
    named_alike = Counter(node.name for node in nodes.values())
    for node in nodes.values():  # outputs of the graph that are computed alike keep a node each, and ONNX Runtime wants two names
        if named_alike[node.name] > 1:
            node.name += f"_{node.output[0]}"
    constants = {value.name: value for value in graph.initializer}
    ordered = [onnx_proto.NodeProto.FromString(nodes[key].SerializeToString()) for key in sorted(nodes)]
    initializers = [onnx_proto.TensorProto.FromString(constants[key].SerializeToString()) for key in sorted(constants)]
    for field, items in (("node", ordered), ("initializer", initializers), ("value_info", [])):
        graph.ClearField(field)
        getattr(graph, field).extend(items)


def _canonical_subgraph(graph: onnx_proto.GraphProto, visible: dict[str, str], level: int) -> None:
    named = dict(visible)
    for position, value in enumerate(graph.input):
        named[value.name] = f"input{level}_{position}"
        value.name = named[value.name]
    graph.name = f"graph{level}"
    for value in (*graph.input, *graph.output):
        for dimension in value.type.tensor_type.shape.dim:
            dimension.ClearField("dim_param")
    inner = [value.name for value in graph.output]
    wanted = list(graph.output)
    graph.ClearField("output")  # inside a subgraph an output is an ordinary tensor: it is renamed like one
    _canonical_graph(graph, named, level)
    for value, name in zip(wanted, inner, strict=True):
        value.name = named[name]
    graph.output.extend(wanted)


def _forget_loop_number(function: Message) -> None:
    """Rename what the condition of a loop captures but does not use; TensorFlow names it after the condition's number."""
    unused = {arg.name: re.sub(r"_\d+(___redundant_placeholder)", r"\1", arg.name) for arg in function.signature.input_arg}
    for arg in function.signature.input_arg:
        arg.name = unused[arg.name]
    for node in function.node_def:
        node.input[:] = [unused.get(name, name) for name in node.input]


def _forget_number(attributes: Any) -> None:
    """A captured variable is called by its number in the process that exported it; nothing reads that."""
    key = "_user_specified_name"
    if key in attributes and attributes[key].s.isdigit():
        attributes[key].s = b"variable"


def _digest(message: Message) -> str:
    return hashlib.sha256(message.SerializeToString(deterministic=True)).hexdigest()[:12]


def _replace(message: Message, new: dict[str, str]) -> None:
    """Replace every string of a message, keys of maps included, that is a key of `new`."""
    for field, value in message.ListFields():
        if field.message_type and field.message_type.GetOptions().map_entry:
            _replace_in_map(value, field.message_type.fields_by_name["value"].message_type is not None, new)
        elif field.is_repeated:
            if field.message_type:
                for item in value:
                    _replace(item, new)
            elif field.cpp_type == field.CPPTYPE_STRING and field.type == field.TYPE_STRING:
                value[:] = [new.get(item, item) for item in value]
        elif field.message_type:
            _replace(value, new)
        elif field.type == field.TYPE_STRING and value in new:
            setattr(message, field.name, new[value])


def _replace_in_map(entries: Any, holds_messages: bool, new: dict[str, str]) -> None:
    """Rename keys and values; all are taken out first, as a new key may be the old key of another entry."""
    taken = {}
    for key in entries:
        value = entries[key]
        if holds_messages:
            _replace(value, new)
            value = type(value).FromString(value.SerializeToString(deterministic=True))
        taken[new.get(key, key)] = new.get(value, value) if isinstance(value, str) else value
    entries.clear()
    for key, value in taken.items():
        if holds_messages:
            entries[key].CopyFrom(value)
        else:
            entries[key] = value
