"""How far rows lie outside the table that a task was learned from: an out-of-distribution score of each row, 1 at its threshold.

Of each column, what lies beyond the outermost quantiles that the task keeps counts as ln(1 + e²), e in deviations; the score is
the mean over columns that vary, over what 95 % of the rows of synthetic tables stay below, as a function of rows and columns.
Columns are looked at one by one: a row whose numbers are usual, but not together, is not found.
"""

from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np

from zoo.learners.kept_columns import KEPT

# The 95 % quantile q of the mean: ln(q + OFFSET) = a + b / rows + c ln(columns) + d ln(columns)², rows up to MOST_ROWS; fitted by
# `benchmarks/tables_outside.py --fit` to the queries of 900 synthetic tables, seed 1, of 10 to 500 rows and 2 to 90 columns.
QUANTILE, OFFSET, MOST_ROWS = (-2.091, 6.777, 0.267, -0.075), 1e-3, 200
FEWEST_ROWS = 8
NARROW = 0.5  # deviations that the half of a column's usual width is at least
OUTERMOST = 1.5341  # normal score of the outermost of eight quantiles
FAR = 1e4  # deviations that a number is at most
THRESHOLD = 1.0


@final
@dataclass(frozen=True)
class Outside:
    """What the score is made of; float32 arrays `[inputs]`.

    Attributes:
        shift, scale: see `zoo.layers.columns.standardisation`.
        low, high: the outermost quantiles, in deviations.
        weight: of each input, over the width of its column: 0 of one that does not vary.
        width: half the usual width, in deviations.
    """

    shift: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray
    width: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, task: Any) -> Self | None:
        """That of a task model; None of one that keeps no quantiles of its columns, or says not how many rows it learned from."""
        if task.columns is None or not task.size or any(name not in task.learned for name in KEPT):
            return None
        shift, scale, knots = (np.asarray(task.learned[name][0], np.float32) for name in KEPT)
        low, high = knots[:, 0], knots[:, -1]
        varies = (scale > 0.0).astype(np.float32)
        weight = varies / max(1.0, float(varies.sum())) / usual(task.size, int(varies.sum()))
        width = np.maximum((high - low) / (2.0 * OUTERMOST), NARROW)
        return cls(shift, scale, low, high, width, weight.astype(np.float32))

    def score(self, rows: Any, maths: Any = np) -> Any:
        """Of rows as the learner reads them, float32 `[M, inputs] -> [M]`; a missing number is nowhere outside.

        Args:
            rows: an array, or a tensor.
            maths: NumPy, or TensorFlow's module of its functions.
        """
        z = maths.maximum(maths.minimum((rows - self.shift) * self.scale, FAR), -FAR)
        away = maths.maximum(maths.maximum(self.low - z, z - self.high), 0.0) / self.width
        away = maths.where(maths.isnan(rows), maths.zeros_like(away), away)
        return maths.sum(maths.log1p(away * away) * self.weight, axis=1)


def usual(rows: int, columns: int) -> float:
    """What the mean of 95 % of the rows stays below, for a task learned from so many rows and columns that vary."""
    a, b, c, d = QUANTILE
    wide = float(np.log(max(columns, 1)))
    return float(np.exp(a + b / min(max(rows, FEWEST_ROWS), MOST_ROWS) + c * wide + d * wide * wide)) - OFFSET
