"""A plan: a small ONNX graph of vectors as steps of plain arithmetic in one block of memory, ready to be run or written as C.

It supports the operations of multi-layer perceptrons and of class means; any other is refused by its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnx as onnx_proto
from onnx import numpy_helper

from zoo.export import c_constants
from zoo.export.c_constants import SAME_NUMBERS
from zoo.export.c_memory import arranged, moved, views
from zoo.export.c_steps import Dense, Each, Step, View
from zoo.export.c_vectors import beyond, is_part, sizes_of

# Of several numbers; what is true is 1, what is false 0.
SEVERAL: dict[str, Callable] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Min": np.minimum,
    "Max": np.maximum,
    "LessOrEqual": np.less_equal,
    "Where": lambda chosen, one, other: np.where(chosen != 0, one, other),
}
UNARY: dict[str, Callable] = {
    "Tanh": lambda x, slope: np.tanh(x),
    "Sigmoid": lambda x, slope: 1 / (1 + np.exp(-x)),
    "Relu": lambda x, slope: np.maximum(x, 0),
    "LeakyRelu": lambda x, slope: np.where(x > 0, x, slope * x),
    "Elu": lambda x, slope: np.where(x > 0, x, slope * np.expm1(np.minimum(x, 0))),
    "Softplus": lambda x, slope: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0),
    "Sqrt": lambda x, slope: np.sqrt(x),
    "Neg": lambda x, slope: -x,
    "Abs": lambda x, slope: np.abs(x),
}
# Bytes that int8 must save in a matrix. Small matrices read the example, whose numbers may have different scales, or give the
# answer: rounding them costs far more accuracy than it saves flash. Not so where every column is standardised before.
SAVED, SAVED_OF_STANDARDISED = 1024, 1
SLOPES = {"LeakyRelu": 0.01, "Elu": 1.0}  # ONNX's defaults


@dataclass(frozen=True)
class Weights:
    """A constant: float32, or int8 with one scale for each output; a matrix is `[outputs, inputs]`."""

    values: np.ndarray
    scale: np.ndarray | None = None

    @property
    def nbytes(self) -> int:
        """Size in bytes, scales included."""
        return self.values.nbytes + (0 if self.scale is None else self.scale.nbytes)


@dataclass(frozen=True)
class Plan:
    """Steps from "x" `[inputs]` to "y" `[outputs]`, with constants by name, in `memory` floats called "m"."""

    inputs: int
    outputs: int
    steps: tuple[Step, ...]
    constants: dict[str, Weights]
    memory: int

    def run(self, x: np.ndarray) -> np.ndarray:
        """Do in NumPy what the C does, for many rows at once: float32 `[rows, inputs] -> [rows, outputs]`."""
        places = {name: weights.values.reshape(1, -1) for name, weights in self.constants.items()}
        places["x"] = np.asarray(x, np.float32)
        places |= {name: np.zeros((len(x), size), np.float32) for name, size in (("y", self.outputs), ("m", self.memory))}
        numbers = {view: places[view.place][:, view.offset : view.offset + view.size] for view in views(self.steps)}
        for step in self.steps:
            if isinstance(step, Dense):
                weights = self.constants[step.kernel]
                total = numbers[step.x] @ weights.values.astype(np.float32).T
                numbers[step.out][:] = total if weights.scale is None else weights.scale * total
                continue
            given = [numbers[view] for view in step.inputs]
            if step.operation in UNARY:
                numbers[step.out][:] = UNARY[step.operation](given[0], np.float32(step.slope))
            else:
                numbers[step.out][:] = SEVERAL[step.operation](*given) if step.operation in SEVERAL else given[0]
        return places["y"]


def make(graph: onnx_proto.GraphProto, known: Mapping[str, np.ndarray], what: str, saved: int | None) -> Plan:
    """Plan a graph of one row with one free input and one output.

    Args:
        graph: with static shapes.
        known: inputs that are constants, by name.
        what: names the model in messages.
        saved: bytes from which on that int8 saves a matrix becomes int8, each output on its own scale; None for no matrix.

    Raises:
        ZooError: for an operation that a plan does not have, or one on more than vectors.
    """
    (free,) = [value for value in graph.input if value.name not in known]
    walk = _Walk(what, saved, sizes_of(graph))
    inputs = int(np.prod([dimension.dim_value for dimension in free.type.tensor_type.shape.dim]))
    walk.values[free.name] = View("x", 0, inputs)
    for tensor in graph.initializer:
        walk.arrays[tensor.name] = numpy_helper.to_array(tensor)
    walk.arrays |= known
    for node in c_constants.taken(graph.node, walk.arrays):
        walk.visit(node)
    result = walk.value(graph.output[0].name)
    if result.place not in walk.sizes or result.offset or result.size != walk.sizes[result.place]:
        result = walk.add("Copy", (result,), result.size)
    steps = [moved(step, {result.place: ("y", 0)}) for step in walk.steps]
    placed, memory = arranged(steps)
    used = {view.place for view in views(placed)} | {step.kernel for step in placed if isinstance(step, Dense)}
    constants = {name: weights for name, weights in walk.constants.items() if name in used}
    return Plan(inputs, result.size, tuple(placed), constants, memory)


@dataclass
class _Walk:
    """The state of a walk over the nodes of a graph in order."""

    what: str
    saved: int | None
    shape: dict[str, int]  # how many numbers each tensor has
    arrays: dict[str, np.ndarray] = field(default_factory=dict)  # constants as the graph has them
    values: dict[str, View] = field(default_factory=dict)  # computed tensors
    constants: dict[str, Weights] = field(default_factory=dict)  # constants as steps read them
    sizes: dict[str, int] = field(default_factory=dict)  # of every block
    steps: list[Step] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)  # constants under another shape: their first name

    def visit(self, node: onnx_proto.NodeProto) -> None:
        settings = {attribute.name: onnx_proto.helper.get_attribute_value(attribute) for attribute in node.attribute}
        first, kind = node.input[0], node.op_type
        if kind in SAME_NUMBERS:
            if first in self.values:
                self.values[node.output[0]] = self.values[first]
            self.called[node.output[0]] = self.called.get(first, first)
            return
        if kind == "Slice":
            out = self._slice(node)
        elif kind == "Concat":
            out = self._concat(node)
        elif kind == "MatMul" and node.input[1] in self.arrays:
            out = self._dense(first, node.input[1])
        elif kind == "Gemm" and self.arrays.keys() >= {*node.input[1:]} and len(node.input) == 3:
            out = self._affine(first, node.input[1], node.input[2], settings)
        elif kind == "ReduceSum" and self.shape.get(node.output[0]) == 1:
            out = self._sum(self.value(first))
        elif kind in SEVERAL or kind in UNARY:
            given = tuple(self.value(name) for name in node.input)
            sizes = [view.size for view in given]
            out = self.add(kind, given, max(sizes) if min(sizes) else 0, settings.get("alpha", SLOPES.get(kind, 0.0)))
        else:
            raise beyond(self.what, kind, (*SEVERAL, *UNARY))
        self.values[node.output[0]] = out

    def add(self, operation: str, given: tuple[View, ...], size: int, slope: float = 0.0) -> View:
        """Append a step for each number, and return where its result lies."""
        out = self._block(size)
        if size:  # a slice may be empty, as that behind the positions of a ball alone in its room
            self.steps.append(Each(operation, given, out, slope))
        return out

    def value(self, name: str) -> View:
        """Where a tensor lies; a constant becomes one of the plan's own."""
        if name in self.values:
            return self.values[name]
        array = np.ascontiguousarray(self.arrays[name], np.float32).reshape(-1)
        name = self.called.get(name, name)
        self.constants[name] = Weights(array)
        return View(name, 0, array.size)

    def _block(self, size: int) -> View:
        name = f"block {len(self.sizes)}"
        self.sizes[name] = size
        return View(name, 0, size)

    def _slice(self, node: onnx_proto.NodeProto) -> View:
        x = self.value(node.input[0])
        starts, stops, *rest = (self.arrays[name].reshape(-1).tolist() for name in node.input[1:] if name)
        if not is_part(starts, stops, *rest):
            raise beyond(self.what, "Slice", (*SEVERAL, *UNARY))
        start, stop, _ = slice(starts[-1], stops[-1]).indices(x.size)
        return View(x.place, x.offset + start, max(stop - start, 0))

    def _concat(self, node: onnx_proto.NodeProto) -> View:
        parts = [self.value(name) for name in node.input]
        out = self._block(sum(part.size for part in parts))
        at = 0
        for part in filter(lambda part: part.size, parts):
            self.steps.append(Each("Copy", (part,), replace(out, offset=at, size=part.size)))
            at += part.size
        return out

    def _dense(self, x: str, kernel: str) -> View:
        matrix = np.asarray(self.arrays[kernel], np.float32)
        matrix = np.ascontiguousarray(matrix.reshape(matrix.shape[-2:]).T)  # [outputs, inputs]
        self.constants[kernel] = _quantized(matrix) if _worth_it(matrix, self.saved) else Weights(matrix)
        given, out = self.value(x), self._block(len(matrix))
        if given.size != matrix.shape[1]:  # rows of a matrix, as the patches of a convolution are
            raise beyond(self.what, "MatMul", (*SEVERAL, *UNARY))
        self.steps.append(Dense(given, kernel, out))
        return out

    def _affine(self, x: str, kernel: str, bias: str, settings: dict[str, Any]) -> View:
        """ONNX's Gemm."""
        matrix = self.arrays[kernel].T if settings.get("transB") else self.arrays[kernel]
        known = {"alpha": matrix, "beta": self.arrays[bias]}
        self.arrays |= {f"{name} scaled": settings.get(by, 1.0) * known[by] for name, by in ((kernel, "alpha"), (bias, "beta"))}
        product, more = self._dense(x, f"{kernel} scaled"), self.value(f"{bias} scaled")
        return self.add("Add", (product, more), product.size)

    def _sum(self, x: View) -> View:
        """The sum of all numbers: their product with ones."""
        name = f"ones_{x.size}"
        self.constants[name] = Weights(np.ones([1, x.size], np.float32))
        out = self._block(1)
        self.steps.append(Dense(x, name, out))
        return out


def _worth_it(matrix: np.ndarray, saved: int | None) -> bool:
    return saved is not None and 4 * matrix.size - (matrix.size + 4 * len(matrix)) >= saved


def _quantized(matrix: np.ndarray) -> Weights:
    """Symmetric int8, -127 to 127, scaled by the largest weight of each output."""
    largest = np.max(np.abs(matrix), axis=1)
    scale = np.where(largest > 1e-30, largest / np.float32(127), np.float32(1)).astype(np.float32)
    return Weights(np.round(matrix / scale[:, None]).astype(np.int8), scale)
