"""Many examples a part at a time, so that the memory of learning and predicting does not grow with their number.

An example passes through an encoder alone, and a query meets a learned task alone, so the answers are those of all at once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

EXAMPLES = 1 << 18  # bytes of examples in one part: 83 grey pictures of 28 x 28
COMPARISONS = 1 << 26  # bytes of a learned task, times the queries that are compared with it at once


def rows_at_once(rows: np.ndarray, task_bytes: int = 0) -> int:
    """How many of `rows [N, ...]` make one part, where each is compared with a learned task of so many bytes."""
    most = EXAMPLES // max(1, rows[:1].nbytes)
    return max(1, min(most, COMPARISONS // task_bytes) if task_bytes else most)


def in_parts(function: Callable[[np.ndarray], Any], rows: np.ndarray, task_bytes: int = 0) -> np.ndarray:
    """`function` of rows `[N, ...]`, each of which it maps alone, a part after the other: `[N, ...]`."""
    size = rows_at_once(rows, task_bytes)
    parts = [np.asarray(function(rows[at : at + size])) for at in range(0, len(rows), size)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
