"""The columns of a table as a learned task keeps them: how often each level was there, and the quantiles of each number.

A task that holds `shift`, `scale` and `knots` (see `zoo.models.tabular`) says by them what values its columns had, so that rows
can be drawn that look like those it was learned from, column by column, though the rows themselves are gone.
"""

from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np

from zoo.datasets.tables import cells
from zoo.datasets.tables.columns import EITHER, LEVEL, MISSING, VALUE, Columns
from zoo.utils.errors import ZooError

KEPT = ("shift", "scale", "knots")
GRID = 41  # values along a number
COVERED = 0.999  # share of the rows above which levels are all that there were


@final
@dataclass(frozen=True)
class KeptColumns:
    """Columns of one task.

    Attributes:
        columns: the rule of the task's columns.
        mean: of each input, `[inputs]`; of an input that is 0 or 1 how often it is 1.
        quantiles: of each input, `[inputs, Q]`, evenly spaced from the half of the first step on.
    """

    columns: Columns
    mean: np.ndarray
    quantiles: np.ndarray

    @classmethod
    def of(cls, task: Any) -> Self:
        """Those of a task model.

        Raises:
            ZooError: if it does not read tables, or keeps no quantiles of its columns.
        """
        if task.columns is None:
            raise ZooError(f"this task of {task.learner.title} reads no table, so it has no columns; learn a table.")
        lacking = [name for name in KEPT if name not in task.learned]
        if lacking:
            raise ZooError(
                f"this task of {task.learner.title} keeps no {' and no '.join(lacking)} of its columns, which say what values "
                "they have; learn it by `tabular` or `tabular_regression`."
            )
        shift, scale, knots = (np.asarray(task.learned[name][0], np.float64) for name in KEPT)
        step = np.where(scale > 0.0, 1.0 / np.where(scale > 0.0, scale, 1.0), 0.0)
        return cls(task.columns, shift, shift[:, None] + knots * step[:, None])

    @property
    def names(self) -> tuple[str, ...]:
        """What people call the columns of the table."""
        return tuple(f"column {at}" if each.name is None else each.name for at, each in enumerate(self.columns.columns))

    def inputs_of(self, column: int) -> list[int]:
        """Places of the inputs that are made of a column; none of one that is left out."""
        return [at for at, each in enumerate(self.columns.inputs) if each.column == column]

    def draw(self, generator: np.random.Generator, rows: int) -> np.ndarray:
        """Rows as the learner reads them, float32 `[rows, inputs]`: every column for itself, none knows of another."""
        found = np.zeros([rows, len(self.columns.inputs)], np.float32)
        for column in range(len(self.columns.columns)):
            inputs = self.inputs_of(column)
            if inputs:
                found[:, inputs] = self._drawn(generator, rows, inputs)
        return found

    def along(self, column: int) -> tuple[list[Any], np.ndarray]:
        """Values along a column, in the order in which they are drawn, and its inputs at each, float32 `[values, inputs]`.

        Of numbers the values lie between the outermost quantiles; moments are seconds since 1970. Levels are texts, and "other"
        stands for cells that are none of them, if there were some.
        """
        inputs, made = self.inputs_of(column), self.columns.inputs
        ways = [made[at].way for at in inputs]
        if VALUE in ways:
            value = inputs[ways.index(VALUE)]
            line = np.linspace(float(self.quantiles[value, 0]), float(self.quantiles[value, -1]), GRID)
            grid = np.zeros([GRID, len(inputs)], np.float32)
            grid[:, ways.index(VALUE)] = line
            values: list[Any] = list(line * made[value].scale + made[value].origin)
            return values, grid
        if ways == [EITHER]:
            other = next(level for level in self.columns.columns[column].levels if level != made[inputs[0]].level)
            return [other, made[inputs[0]].level], np.array([[0.0], [1.0]], np.float32)
        levels = [made[at].level for at, way in zip(inputs, ways, strict=True) if way == LEVEL]
        every = float(self.mean[inputs].sum()) > COVERED
        rows = np.eye(len(levels) + (not every), len(inputs), dtype=np.float32)
        return levels if every else [*levels, "other"], rows

    def is_number(self, column: int) -> bool:
        """Whether the cells of a column are numbers or moments."""
        return self.columns.columns[column].kind != cells.LEVELS

    def _drawn(self, generator: np.random.Generator, rows: int, inputs: list[int]) -> np.ndarray:
        """One column's inputs, `[rows, inputs]`."""
        made = [self.columns.inputs[at] for at in inputs]
        found = np.zeros([rows, len(inputs)])
        uniform = generator.random(rows)
        if made[0].way in (LEVEL, EITHER):
            upto = np.cumsum(np.clip(self.mean[inputs], 0.0, 1.0))
            for place, (low, high) in enumerate(zip([0.0, *upto[:-1]], upto, strict=True)):
                found[:, place] = (uniform >= low) & (uniform < high)
            return found
        steps = self.quantiles.shape[1]
        levels = (np.arange(steps) + 0.5) / steps
        gap = np.zeros(rows, bool)
        for place, each in enumerate(made):
            if each.way == MISSING:
                gap = generator.random(rows) < self.mean[inputs[place]]
                found[:, place] = gap
        for place, each in enumerate(made):
            if each.way == VALUE:
                values = np.interp(uniform, levels, self.quantiles[inputs[place]])
                found[:, place] = np.where(gap, np.nan, values)
        return found
