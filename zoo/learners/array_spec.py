"""What an array of a learned task must be: its dtype, the sizes of its axes, and the names of those that may have any size."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np


@final
@dataclass(frozen=True)
class ArraySpec:
    """One array by name, without the axis of tasks.

    Attributes:
        dtype: name of NumPy's type.
        sizes: of each axis; None where it may be any.
        names: of each axis that arrays of one task share, such as "ways"; None for the others.
    """

    dtype: str
    sizes: tuple[int | None, ...]
    names: tuple[str | None, ...]

    @classmethod
    def of(cls, spec: Any, axes: tuple[str | None, ...] = ()) -> "ArraySpec":
        """That of a `tf.TensorSpec` whose first axis is that of tasks; `axes` names all axes, as far as it goes."""
        sizes = tuple(spec.shape[1:])
        return cls(spec.dtype.name, sizes, (*axes[1:], *[None] * len(sizes))[: len(sizes)])

    def zeros(self) -> np.ndarray:
        """An array `[1, ...]` of zeros; an axis of any size is empty."""
        return np.zeros([1, *(size or 0 for size in self.sizes)], self.dtype)
