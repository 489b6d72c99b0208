"""What an ONNX graph computes of constants alone, computed once: a plan has steps for what depends on the example only."""

from collections.abc import Iterable, Iterator

import numpy as np
import onnx as onnx_proto
from onnx.reference import ReferenceEvaluator

SAME_NUMBERS = ("Identity", "Reshape", "Unsqueeze", "Squeeze", "Flatten")  # of a vector, whatever its axes are called


def taken(nodes: Iterable[onnx_proto.NodeProto], arrays: dict[str, np.ndarray]) -> Iterator[onnx_proto.NodeProto]:
    """The nodes of a graph in their order, without those that read constants only.

    Those that give a constant other axes are among them: whoever stores constants can then store it once.

    Args:
        nodes: of the graph.
        arrays: constants by name, among them what nodes before the one that is given next have made; results are added.
    """
    for node in nodes:
        known = all(name in arrays for name in node.input if name)
        if known:
            results = ReferenceEvaluator(node).run(None, {name: arrays[name] for name in node.input if name})
            arrays.update(zip(node.output, map(np.asarray, results), strict=True))
        if not known or node.op_type in SAME_NUMBERS:
            yield node
