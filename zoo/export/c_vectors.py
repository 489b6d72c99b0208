"""Where the vectors of a plan end: operations on more than one axis, as those of convolutions, are refused in one line."""

import math
from collections.abc import Iterable

import onnx as onnx_proto

from zoo.utils.errors import ZooError

END = 2**31 - 1  # from which on the end of a slice is that of its axis


def beyond(what: str, kind: str, known: Iterable[str]) -> ZooError:
    """The error for an operation that no plan has, or one on more than vectors.

    Args:
        what: names the model.
        kind: of the operation.
        known: kinds that plans have.
    """
    return ZooError(
        f"{what} has ONNX's operation {kind!r}, and C source is written for networks of vectors only "
        f"(MatMul, Gemm, ReduceSum, {', '.join(known)}); use zoo.export.litert (--format litert), whose interpreter runs it."
    )


def sizes_of(graph: onnx_proto.GraphProto) -> dict[str, int]:
    """How many numbers each tensor of a graph has that is no constant, as far as ONNX knows."""
    inferred = onnx_proto.shape_inference.infer_shapes(onnx_proto.helper.make_model(graph)).graph
    found = {}
    for value in (*inferred.input, *inferred.value_info, *inferred.output):
        dimensions = value.type.tensor_type.shape.dim
        if all(each.HasField("dim_value") for each in dimensions):
            found[value.name] = math.prod(each.dim_value for each in dimensions)
    return found


def is_part(starts: list[int], stops: list[int], axes: list[int] | None = None, steps: list[int] | None = None) -> bool:
    """Whether what a slice takes of a vector is its numbers from the last start to the last stop, and all of other axes."""
    whole = all(start == 0 and stop >= END for start, stop in zip(starts[:-1], stops[:-1], strict=True))
    return whole and set(steps or [1]) == {1}
