"""A model's metadata: its version, and the names, types and shapes of the inputs and outputs of each signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.utils.errors import ZooError

TYPES: dict[str, np.dtype] = {
    "DT_FLOAT": np.dtype(np.float32),
    "DT_DOUBLE": np.dtype(np.float64),
    "DT_INT32": np.dtype(np.int32),
    "DT_INT64": np.dtype(np.int64),
}
OUTPUT_TYPES = {**TYPES, "DT_STRING": np.dtype(str)}  # of any width, read as UTF-8
INITIALIZER = "__saved_model_init_op"  # in every SavedModel; not for clients


@dataclass(frozen=True)
class TensorInfo:
    """Type and shape of an input or output.

    Attributes:
        dtype: None for a type that the clients do not support, such as strings as an input.
        shape: None marks an axis of any length; None as a whole where even the rank is open.
    """

    dtype: np.dtype | None
    shape: tuple[int | None, ...] | None

    def __str__(self) -> str:
        axes = "any shape" if self.shape is None else ", ".join("*" if size is None else str(size) for size in self.shape)
        kind = "another type" if self.dtype is None else "string" if self.dtype.kind == "U" else self.dtype
        return f"{kind} [{axes}]"

    def row(self, leading: int, name: str) -> tuple[int, ...]:
        """The shape without the first `leading` axes.

        Raises:
            ZooError: if it is not fixed.
        """
        fixed = None if self.shape is None else [size for size in self.shape[leading:] if size is not None]
        if self.shape is None or fixed is None or len(self.shape) != leading + len(fixed):
            raise ZooError(f"{name} is {self}: no model of the zoo has such an open axis; check the model's name.")
        return tuple(fixed)

    def holds(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of this shape fits."""
        wanted = self.shape
        return wanted is None or (
            len(wanted) == len(shape) and all(want in (None, got) for want, got in zip(wanted, shape, strict=True))
        )


@dataclass(frozen=True)
class Signature:
    """A pure function of a served model: named inputs to named outputs."""

    inputs: Mapping[str, TensorInfo]
    outputs: Mapping[str, TensorInfo]

    def __str__(self) -> str:
        sides = (", ".join(f"{name} {info}" for name, info in sorted(side.items())) for side in (self.inputs, self.outputs))
        return " -> ".join(sides)


@dataclass(frozen=True)
class Metadata:
    """One version of a model, described by its server."""

    name: str
    version: int
    signatures: Mapping[str, Signature]

    @classmethod
    def parsed(cls, answer: Mapping[str, Any]) -> "Metadata":
        """Read the JSON of `GET …/metadata`, or gRPC's answer in its JSON form, where dimensions and versions are strings.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: if it has another form.
        """
        spec = answer["model_spec"]
        found = answer["metadata"]["signature_def"]["signature_def"]
        signatures = {
            name: Signature(_tensors(definition.get("inputs"), TYPES), _tensors(definition.get("outputs"), OUTPUT_TYPES))
            for name, definition in found.items()
            if name != INITIALIZER
        }
        return cls(spec["name"], int(spec["version"]), signatures)

    def signature(self, name: str) -> Signature:
        """A signature by name.

        Raises:
            ZooError: if the model has none of that name.
        """
        if name not in self.signatures:
            has = ", ".join(sorted(self.signatures)) or "none"
            kind = "a task model, which has predict(x)" if self.is_task_model else "not a learner with this capability"
            raise ZooError(f"{self.name} (version {self.version}) has no signature {name!r}: it is {kind}; it has {has}.")
        return self.signatures[name]

    @property
    def is_task_model(self) -> bool:
        """Whether it is a task model, whose only input is a query."""
        default = self.signatures.get("serving_default")
        return default is not None and set(default.inputs) == {"query_x"}

    @property
    def learns_classes(self) -> bool:
        """Whether it learns classes: a label has an open width then, the number of classes of a task."""
        info = self.signature("adapt").inputs["support_y"]
        return info.shape is not None and len(info.shape) == 3 and info.shape[2] is None

    @property
    def task_names(self) -> tuple[str, ...]:
        """The names of the arrays of a learned task."""
        return tuple(sorted(set(self.signature("apply").inputs) - {"query_x"}))


def _tensors(tensors: Mapping[str, Any] | None, types: Mapping[str, np.dtype]) -> dict[str, TensorInfo]:
    return {
        name: TensorInfo(types.get(str(info.get("dtype"))), _shape(info.get("tensor_shape")))
        for name, info in (tensors or {}).items()
    }


def _shape(shape: Mapping[str, Any] | None) -> tuple[int | None, ...] | None:
    if shape is None or shape.get("unknown_rank"):
        return None
    sizes = [int(dimension.get("size", 0)) for dimension in shape.get("dim") or ()]
    return tuple(None if size < 0 else size for size in sizes)
