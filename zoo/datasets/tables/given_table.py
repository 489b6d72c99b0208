"""A user's table, in whatever holds it, as named columns: lists, dicts, NumPy's arrays, data frames of any package.

Data frames are told by what they can do, so that no package of them is imported here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np

from zoo.datasets.tables.cells import Where
from zoo.utils.errors import ZooError, cut, listed

_WANTED = "give a table of [rows, columns]: a data frame, a dict of columns, an array, or a list of rows"


@final
@dataclass(frozen=True)
class GivenTable:
    """A table by its columns.

    Attributes:
        title: what messages call it, such as "x".
        names: of the columns, each once; None where they have none.
        columns: arrays `[N]` of any type.
        declared: places of those that their data frame calls categories.
        matrix: the same as one array of numbers, where it came as one.
        lines: of the file that each row ends on, where it came from one.
    """

    title: str
    names: tuple[str, ...] | None
    columns: tuple[np.ndarray, ...]
    declared: frozenset[int] = frozenset()
    matrix: np.ndarray | None = None
    lines: tuple[int, ...] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0])

    def name(self, place: int) -> str | None:
        """The name of a column; None where there are none."""
        return None if self.names is None else self.names[place]

    def called(self, place: int) -> str:
        """What messages call a column."""
        return called(self.name(place), place)

    def where(self, place: int, column: str = "") -> Where:
        """A column for messages, which call it `column`, by default as the table does."""
        return Where(self.title, column or self.called(place), self.lines)

    def taken(self, rows: np.ndarray) -> Self:
        """Some of the rows, by their numbers."""
        matrix = None if self.matrix is None else self.matrix[rows]
        columns = tuple(column[rows] for column in self.columns)
        lines = None if self.lines is None else tuple(self.lines[row] for row in rows)
        return type(self)(self.title, self.names, columns, self.declared, matrix, lines)


def called(name: str | None, place: int) -> str:
    """What messages call a column: its name, or its place from 0 on where it has none."""
    return f"column {place}" if name is None else f"column {cut(repr(name))}"


def opened(title: str, x: Any) -> GivenTable:
    """A table of anything that is one.

    Args:
        title: what messages call it.
        x: the table; a `GivenTable` stays what it is.

    Raises:
        ZooError: for what is no table, has no rows or columns, columns of different lengths, or two of the same name.
    """
    if isinstance(x, GivenTable):
        return x
    if isinstance(x, Mapping):
        return _named(title, list(x), list(x.values()))
    names = getattr(x, "column_names", None) or getattr(x, "columns", None)  # of pyarrow; of pandas and polars
    if names is not None and not isinstance(x, np.ndarray):
        _refuse_double(title, [str(name) for name in names])
        return _named(title, list(names), [x[name] for name in names])
    if hasattr(x, "toarray"):
        raise ZooError(f"{title} is a sparse matrix; pass {title}.toarray().")
    if isinstance(x, list | tuple) and x and all(isinstance(row, Mapping) for row in x):
        keys = list(dict.fromkeys(key for row in x for key in row))
        return _named(title, keys, [[row.get(key) for row in x] for key in keys])
    array = _array(title, x)
    if array.dtype.names:
        return _named(title, list(array.dtype.names), [array[name] for name in array.dtype.names])
    if array.ndim != 2:
        one = "a single column" if array.ndim == 1 else f"of shape {list(array.shape)}"
        hint = f"; of one column: np.reshape({title}, [-1, 1]); of one row: [{title}]" if array.ndim == 1 else ""
        raise ZooError(f"{title} is {one} and no table; {_WANTED}{hint}.")
    _refuse_empty(title, array.shape)
    return GivenTable(title, None, tuple(array.T), matrix=array if array.dtype.kind in "iuf" else None)


def _named(title: str, names: Sequence[Any], columns: Sequence[Any]) -> GivenTable:
    plain = tuple(map(str, names))
    _refuse_double(title, plain)
    arrays = tuple(_array(f"{title}, {called(name, 0)}", column) for name, column in zip(plain, columns, strict=True))
    rows = len(arrays[0]) if arrays and arrays[0].ndim else 0
    for name, array in zip(plain, arrays, strict=True):
        if array.ndim != 1 or array.dtype.names:
            raise ZooError(f"{title}, {called(name, 0)}, has shape {list(array.shape)}; give one value for each row.")
        if len(array) != rows:
            raise ZooError(
                f"{title}, {called(name, 0)}, has {len(array)} rows and {called(plain[0], 0)} has {rows}; make them as long."
            )
    _refuse_empty(title, (rows, len(arrays)))
    return GivenTable(title, plain, arrays, frozenset(at for at, column in enumerate(columns) if _is_declared(column)))


def _is_declared(column: Any) -> bool:
    """Whether a column of pandas or polars is one of categories."""
    return str(getattr(column, "dtype", "")).lower().startswith(("category", "categorical", "enum"))


def _array(title: str, values: Any) -> np.ndarray:
    """Values as an array, those that are masked as missing; texts stay apart from numbers beside them."""
    if isinstance(values, np.ma.MaskedArray):
        numbers = values.dtype.kind in "iuf"
        return np.ma.filled(values.astype(np.float64 if numbers else object), np.nan if numbers else None)
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    try:
        array = np.asarray(values)
        # NumPy makes texts of all that stands beside a text, and of a truth value beside a number a number.
        array = np.asarray(values, object) if array.dtype.kind in "US" and not isinstance(values, np.ndarray) else array
    except (TypeError, ValueError) as error:
        raise ZooError(f"{title} is no table ({cut(error, 120)}); {_WANTED}.") from None
    if array.dtype.kind == "c":
        raise ZooError(f"{title} holds complex numbers; give real and imaginary parts as columns of their own.")
    return array


def _refuse_double(title: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ZooError(f"{title} has more than one column {listed([repr(name) for name in twice])}; rename all but one.")


def _refuse_empty(title: str, shape: tuple[int, ...]) -> None:
    if not all(shape):
        raise ZooError(f"{title} is empty: {shape[0]} rows of {shape[1]} columns; pass at least one row and one column.")
