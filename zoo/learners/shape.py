"""The shape of one example or label: sizes and, where an axis may have any size, its name."""

import math
from dataclasses import dataclass
from typing import final

import numpy as np

Axes = tuple[int | str, ...]


@final
@dataclass(frozen=True)
class Shape:
    """Axes of one example or label, without the axes of tasks and rows.

    Attributes:
        axes: of each axis its size, or the name of one that may have any: `(28, 28, 1)`, `("columns",)`.
        missing: whether a NaN stands for a number that is missing; elsewhere a NaN is an error.
    """

    axes: Axes
    missing: bool = False

    @property
    def sizes(self) -> tuple[int | None, ...]:
        """Size of each axis, None where it may be any."""
        return tuple(axis if isinstance(axis, int) else None for axis in self.axes)

    @property
    def names(self) -> tuple[str | None, ...]:
        """Name of each axis that may have any size, None for the others."""
        return tuple(None if isinstance(axis, int) else axis for axis in self.axes)

    @property
    def numbers(self) -> int | None:
        """Numbers in one example; None where an axis may have any size."""
        return None if any(self.names) else math.prod(size or 0 for size in self.sizes)

    @property
    def is_table_row(self) -> bool:
        """Whether an example is a row of a table: columns of any number, some of whose cells may be missing."""
        return self.missing and len(self.axes) == 1 and self.numbers is None

    def random(
        self, generator: np.random.Generator, rows: tuple[int, ...], limits: tuple[float, float], size: int = 3
    ) -> np.ndarray:
        """Uniform numbers within limits, float32 `[*rows, *axes]`, with `size` for an axis of any size."""
        shape = [*rows, *(size if known is None else known for known in self.sizes)]
        return generator.uniform(*limits, shape).astype(np.float32)

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.axes))}]"
