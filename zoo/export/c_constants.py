"""Parts of the constants of an ONNX graph, taken along any axis: a plan of vectors knows one axis only."""

from collections.abc import Iterable, Iterator

import numpy as np
import onnx as onnx_proto


def taken(nodes: Iterable[onnx_proto.NodeProto], arrays: dict[str, np.ndarray]) -> Iterator[onnx_proto.NodeProto]:
    """The nodes of a graph in their order, without slices of constants.

    Args:
        nodes: of the graph.
        arrays: constants by name, among them what nodes before the one that is given next have made; results are added.
    """
    for node in nodes:
        if node.op_type == "Slice" and node.input[0] in arrays:
            arrays[node.output[0]] = _part(*(arrays[name] for name in node.input if name))
        else:
            yield node


def _part(
    array: np.ndarray, starts: np.ndarray, stops: np.ndarray, axes: np.ndarray | None = None, steps: np.ndarray | None = None
) -> np.ndarray:
    places = [slice(None)] * array.ndim
    along = np.arange(len(starts)) if axes is None else axes
    for axis, start, stop, step in zip(along, starts, stops, np.ones_like(starts) if steps is None else steps, strict=True):
        places[axis] = slice(int(start), int(stop), int(step))
    return array[tuple(places)]
