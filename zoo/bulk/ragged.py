"""Lists of Arrow, one for each task, as arrays of NumPy with a length for each, and back."""

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zoo.utils.errors import ZooError, cut

NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"  # as `zoo.utils.checks.is_number`


@final
@dataclass(frozen=True)
class Rows:
    """Examples, or labels, of many tasks one after the other.

    Attributes:
        values: float32 `[E, width]`; zeros where an example is damaged.
        starts: int64 `[B]`, of each task the place of its first one.
        sizes: int64 `[B]`, how many it has.
        fine: bool `[B]`, whether there is a list, all of whose examples have `width` finite numbers.
    """

    values: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    fine: np.ndarray

    def dense(self, tasks: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
        """Those of some tasks, float32 `[len(tasks), longest, *axes]`, zero-padded."""
        sizes = self.sizes[tasks]
        longest = int(sizes.max(initial=0))
        real = np.arange(longest) < sizes[:, None]
        found = np.zeros([*real.shape, self.values.shape[1]], np.float32)
        found[real] = self.values[(self.starts[tasks][:, None] + np.arange(longest))[real]]
        return found.reshape(*real.shape, *axes)


def is_list(kind: pa.DataType) -> bool:
    """Whether a type is one of lists."""
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is one of texts."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def leaf_of(kind: pa.DataType) -> pa.DataType:
    """The type within lists of lists, and within a dictionary of values."""
    while is_list(kind) or pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind


def level(lists: pa.Array) -> tuple[np.ndarray, pa.Array, np.ndarray]:
    """One level of lists: int64 bounds `[N + 1]` from 0 on, the values that they bound, and bool `[N]`, which lists are there."""
    if pa.types.is_fixed_size_list(lists.type):
        size = lists.type.list_size
        bounds = np.arange(len(lists) + 1) * size
        values = lists.values.slice(lists.offset * size, len(lists) * size)
    else:
        bounds = lists.offsets.to_numpy().astype(np.int64)
        values = lists.values.slice(bounds[0], bounds[-1] - bounds[0])
        bounds = bounds - bounds[0]
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return bounds, values, lists.is_valid().to_numpy(zero_copy_only=False)


def floats(values: pa.Array) -> np.ndarray:
    """Numbers, or texts of numbers, as floats; NaN where there is none.

    Raises:
        ZooError: for a type that holds no numbers.
    """
    kind = values.type
    if is_text(kind):
        values = pc.if_else(pc.match_substring_regex(values, NUMBER), values, pa.scalar(None, kind))
        return pc.utf8_trim_whitespace(values).cast(pa.float64()).to_numpy(zero_copy_only=False)
    if pa.types.is_float32(kind):
        return values.to_numpy(zero_copy_only=False)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)):
        raise ZooError(f"it holds {cut(kind)} where numbers were expected; write lists of floats.")
    return values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def numbers(column: pa.Array, width: int) -> Rows:
    """A column with a list of examples for each task, each a number, a list of numbers, or lists of lists of them.

    Args:
        column: of N tasks.
        width: numbers that an example has, whatever lists they lie in.

    Raises:
        ZooError: if it is no column of lists of numbers.
    """
    if not is_list(column.type):
        raise ZooError(f"it is a column of {cut(column.type)}, but one of lists was expected, a list for each task.")
    of_task, inner, there = level(column)
    bounds, damaged = np.arange(len(inner) + 1), np.zeros(len(inner), bool)
    while is_list(inner.type):
        deeper, values, known = level(inner)
        damaged |= _any_within(~known, bounds)
        bounds, inner = deeper[bounds], values
    with np.errstate(over="ignore"):  # what float32 does not hold becomes infinite, which is damaged
        leaves = floats(inner).astype(np.float32)
    damaged |= np.diff(bounds) != width
    damaged |= _any_within(~np.isfinite(leaves), bounds)
    if len(leaves) == width * len(damaged) and not damaged.any():
        found = leaves.reshape(-1, width)
    else:
        found = np.zeros([len(damaged), width], np.float32)
        fine = np.flatnonzero(~damaged)
        found[fine] = leaves[bounds[fine][:, None] + np.arange(width)]
    return Rows(found, of_task[:-1], np.diff(of_task), there & ~_any_within(damaged, of_task))


def _any_within(marks: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Whether any mark lies between bounds `[N + 1]`: bool `[N]`."""
    if not marks.any():
        return np.zeros(len(bounds) - 1, bool)
    upto = np.concatenate([[0], np.cumsum(marks)])
    return upto[bounds[1:]] > upto[bounds[:-1]]


def lists_of(values: Any, sizes: np.ndarray, kind: pa.DataType) -> pa.Array:
    """Lists of so many values each, of a type of lists, or of lists of lists.

    Args:
        values: `[sum(sizes)]`, or `[sum(sizes), width]` for lists of lists.
        sizes: `[B]`.
        kind: of the result.
    """
    if is_list(kind.value_type):
        count, width = values.shape
        values = lists_of(values.reshape(-1), np.full(count, width), kind.value_type)
    elif not isinstance(values, pa.Array):
        values = pa.array(values, kind.value_type)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(bounds), values, type=kind)
