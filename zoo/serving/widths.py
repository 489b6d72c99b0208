"""How wide the tensors of each signature of a SavedModel are, read from the shapes that TensorFlow writes into its graph.

A tensor of the graph has open axes, whose sizes a request chooses, and fixed ones. The numbers along its fixed axes are its
width: `[B, N, 256]` has two open axes and the width 256. With the widest of them, the memory of a run is known before it starts.
"""

import math
from collections.abc import Iterator
from typing import Any

MOST_AXES = 8  # that a request chooses; no signature has more
_SHAPES = "_output_shapes"
_UNKNOWN = (1024, 1024, 256, 16)  # widths by open axes of a graph that tells no shapes: those of a common network

Widths = tuple[int, ...]  # by number of open axes: the most numbers along the fixed axes of a tensor; 0 where there is none


def of(meta_graph: Any) -> dict[str, Widths]:
    """The widths of every signature of a `MetaGraphDef`."""
    graph = meta_graph.graph_def
    functions = {function.signature.name: function for function in graph.library.function}
    nodes = {node.name: node for node in graph.node}
    return {
        name: _widths(_reached(nodes, functions, [info.name for info in signature.outputs.values()]))
        for name, signature in meta_graph.signature_def.items()
    }


def _widths(nodes: Iterator[Any]) -> Widths:
    widest = [0] * (MOST_AXES + 1)
    for node in nodes:
        if _SHAPES not in node.attr:
            continue
        for shape in node.attr[_SHAPES].list.shape:
            sizes = [axis.size for axis in shape.dim]
            axes = sum(size < 0 for size in sizes)
            if not shape.unknown_rank and axes <= MOST_AXES:
                widest[axes] = max(widest[axes], math.prod(size for size in sizes if size > 0))
    return tuple(widest) if any(widest[1:]) else _UNKNOWN


def _reached(nodes: dict[str, Any], functions: dict[str, Any], outputs: list[str]) -> Iterator[Any]:
    """The nodes that outputs are computed from, those inside the functions that these call included."""
    waiting, seen = [nodes[name.split(":")[0]] for name in outputs if name.split(":")[0] in nodes], set[str]()
    called: list[str] = []
    while waiting:
        node = waiting.pop()
        if node.name not in seen:
            seen.add(node.name)
            yield node
            called += _calls(node)
            waiting += [nodes[name] for name in (key.lstrip("^").split(":")[0] for key in node.input) if name in nodes]
    entered = set[str]()
    while called:
        name = called.pop()
        if name in functions and name not in entered:
            entered.add(name)
            for node in functions[name].node_def:
                yield node
                called += _calls(node)


def _calls(node: Any) -> list[str]:
    functions = [value.func.name for value in node.attr.values() if value.WhichOneof("value") == "func"]
    lists = [value.list.func for value in node.attr.values() if value.WhichOneof("value") == "list"]
    return [*functions, *(function.name for several in lists for function in several), node.op]
