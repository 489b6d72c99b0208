"""Export to ONNX: one file for each signature, checked in ONNX Runtime before it appears.

ONNX Runtime, OpenVINO and onnxruntime-web run these files. The axes of tasks, support and query are dynamic.
"""

import logging
import os
from pathlib import Path
from typing import Any

import onnx as onnx_proto
import onnxruntime
import tensorflow as tf
import tf2onnx
from google.protobuf.message import DecodeError
from tf2onnx.graph import Graph, Node

from zoo.export import canonical, columns, labels, parity
from zoo.export.signatures import Exportable, exportable
from zoo.learners.endpoint import Endpoint
from zoo.learners.fitted import Fitted
from zoo.utils import files

OPSET = 18
GRAPH = "zoo"  # the name of every graph that an export writes


def onnx(
    model: Exportable | Fitted, path: str | Path, signature: str = "serving_default", force: bool = False
) -> dict[str, float]:
    """Export a model or a learned task to ONNX.

    Args:
        model: a learner, a task model, or a fitted estimator, which is exported as its task.
        path: `name.onnx` for one signature; a path without that ending becomes a folder with one file for each.
        signature: which signature a single file holds.
        force: whether something already at `path` may be replaced.

    Returns:
        For each signature written, the largest absolute difference from the live model.

    Raises:
        ZooError: if `path` exists and `force` is false, the signature is unknown, or the export differs from the live model.
    """
    model = exportable(model)
    endpoints = model.endpoints()
    with columns.written_beside(model, path, force), files.written_aside(path, force, _others) as aside:
        if Path(path).suffix.lower() != ".onnx":
            aside.mkdir()
            differences = {name: _write(endpoints, name, aside / f"{name}.onnx", model.title) for name in endpoints}
        else:
            differences = {signature: _write(endpoints, signature, aside, model.title)}
        labels.into_onnx(model, aside)
        return differences


def _others(path: Path) -> Path | None:
    """What an export must not replace: all but files of ONNX that an export wrote, and folders of them."""
    if path.is_dir():
        if path.suffix.lower() == ".onnx":
            return path
        return next((file for file in path.iterdir() if file.suffix.lower() != ".onnx" or file.is_dir() or _others(file)), None)
    if not path.exists():
        return None
    if path.suffix.lower() != ".onnx":
        return path
    try:
        return None if onnx_proto.load(path, load_external_data=False).graph.name == GRAPH else path
    except DecodeError:
        return path


def runner(path: str | Path) -> parity.Runner:
    """Load an exported file; the result maps named arrays to named arrays."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda inputs: dict(zip(names, session.run(None, inputs), strict=True))


def _write(endpoints: dict[str, Endpoint], signature: str, path: Path, doc: str) -> float:
    endpoint = parity.choose(endpoints, signature)
    path.write_bytes(convert(endpoint, f"{doc}: {signature}"))
    return parity.check(endpoint, runner(path), f"ONNX, signature {signature!r}")


def convert(endpoint: Endpoint, doc: str) -> bytes:
    """Convert an endpoint to the bytes of an ONNX model; the same endpoint gives the same bytes every time."""
    specs = [tf.TensorSpec(spec.shape, spec.dtype, name=name) for name, spec in endpoint.inputs.items()]
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    # Else the converter copies the graph before each of its passes, to go on without one that fails; that takes as long again.
    os.environ.setdefault("TF2ONNX_CATCH_ERRORS", "FALSE")
    traced = endpoint.traced()
    try:
        model = _converted(traced, specs, {"SelectV2": (_where, [])})
    except ValueError:  # "max() arg is an empty sequence": a scalar added to a convolution, as in a hard swish
        model = _converted(traced, specs, {"SelectV2": (_where, []), "AddV2": (_add, [])})
    graph = model.graph
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Loop" and attribute.name == "body":
                _copy_passed_through(attribute.g)
    for value in graph.input:
        _name_axes(value, endpoint.axes.get(value.name, ()))
    tasks = any("tasks" in axes for name, axes in endpoint.axes.items() if name in endpoint.inputs)
    for value in graph.output:
        leading = ("tasks", "query") if tasks else ("query",)
        _name_axes(value, leading if value.name == "prediction" else ("tasks",))
    graph.name, graph.doc_string = GRAPH, doc
    onnx_proto.checker.check_model(model, full_check=True)
    return canonical.onnx(model)


def _converted(traced: Any, specs: list[tf.TensorSpec], handlers: dict[str, Any]) -> Any:
    return tf2onnx.convert.from_function(traced, input_signature=specs, opset=OPSET, custom_op_handlers=handlers)[0]


def _copy_passed_through(body: onnx_proto.GraphProto) -> None:
    """Copy what a loop passes through unchanged: OpenVINO counts a tensor that is both input and output twice."""
    inputs = {value.name for value in body.input}
    for value in body.output:
        if value.name in inputs:
            copy = f"{value.name}_passed"
            body.node.add(op_type="Identity", input=[value.name], output=[copy])
            value.name = copy


def _where(context: Graph, node: Node, name: str, args: list[Any]) -> Node:
    # The converter's own rule writes c * x + (1 - c) * y, which passes NaN and infinity from the side that is not selected.
    node.type = "Where"
    return node


def _add(context: Graph, node: Node, name: str, args: list[Any]) -> Node:
    # The converter takes what is added to a convolution for its bias, and looks for the largest axis of a scalar.
    node.type = "Add"
    for place, given in enumerate(node.inputs):
        value = given.get_tensor_value(as_list=False) if given.is_const() else None
        if value is not None and value.shape == () and context.get_rank(node.input[1 - place]):
            row = context.make_const(f"{node.name}_row_{place}", value.reshape(1))
            context.replace_input(node, node.input[place], row.output[0], place)
    return node


def _name_axes(value: onnx_proto.ValueInfoProto, axes: tuple[str | None, ...]) -> None:
    """Name the dynamic axes; the converter numbers them unk__1, unk__2, … through the whole process."""
    dimensions = value.type.tensor_type.shape.dim
    for dimension, name in zip(dimensions, (*axes, *[None] * len(dimensions)), strict=False):
        if name and not dimension.dim_value:
            dimension.dim_param = name
        elif dimension.HasField("dim_param"):
            dimension.ClearField("dim_param")
