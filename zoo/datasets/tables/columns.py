"""From the columns of a user's table to the numbers that a learner reads: a rule made at `learn`, kept, and applied to queries.

It is plain data, one line for each number of a row, so that any program can do the same; `docs/tables.md` does it in NumPy.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np

from zoo.datasets.tables import cells
from zoo.datasets.tables.given_table import GivenTable, called, opened
from zoo.utils import checks
from zoo.utils.errors import ZooError, cut, listed
from zoo.utils.ranges import warn

VALUE, MISSING, LEVEL, EITHER = "value", "missing", "level", "either"
KINDS, WAYS = (cells.NUMBER, cells.MOMENT, cells.LEVELS), (VALUE, MISSING, LEVEL, EITHER)
FORMAT = 1


@final
@dataclass(frozen=True)
class Column:
    """One column of the table that a task was learned from.

    Attributes:
        name: None where the table had no names.
        kind: what its cells are: `cells.NUMBER`, `cells.MOMENT`, in seconds since 1970, or `cells.LEVELS`.
        levels: all that were seen, where it has levels.
    """

    name: str | None
    kind: str
    levels: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Input:
    """One number of a row as the learner reads it, made of one cell.

    Attributes:
        column: the place of the cell's column.
        way: `VALUE`, (the cell - `origin`) / `scale`, NaN if it is missing; `MISSING`, 1 if it is, else 0; `LEVEL`, 1 if it is
            `level`, else 0; `EITHER`, the same of a column with two levels and no gap, but NaN if it is missing.
        level: which level.
        origin, scale: 0 and 1 where 32 bits hold the numbers of the column well.
    """

    column: int
    way: str
    level: str = ""
    origin: float = 0.0
    scale: float = 1.0


@final
@dataclass(frozen=True)
class Columns:
    """How rows of a table become rows of numbers.

    Attributes:
        columns: of the table, in its order; those that no input reads are not needed in a query.
        inputs: the numbers that the learner reads, in their order.
    """

    columns: tuple[Column, ...]
    inputs: tuple[Input, ...]

    @classmethod
    def trivial(cls, width: int) -> Self:
        """That of a table of so many columns that are numbers already."""
        return cls((Column(None, cells.NUMBER),) * width, tuple(Input(place, VALUE) for place in range(width)))

    @property
    def width(self) -> int:
        """How many numbers a row has for the learner."""
        return len(self.inputs)

    @property
    def names(self) -> tuple[str, ...] | None:
        """Names of the table's columns; None where it had none."""
        names = tuple(column.name for column in self.columns if column.name is not None)
        return names or None

    @property
    def titles(self) -> tuple[str, ...]:
        """What people call each input: "age", "age is missing", "city = Rome"; "column 3" where there are no names."""
        found = []
        for each in self.inputs:
            known = self.columns[each.column].name
            name = f"column {each.column}" if known is None else known
            found.append({VALUE: name, MISSING: f"{name} is missing"}.get(each.way, f"{name} = {each.level}"))
        return tuple(found)

    @property
    def is_trivial(self) -> bool:
        """Whether the inputs are the columns themselves."""
        plain = all(each == Input(place, VALUE) for place, each in enumerate(self.inputs))
        return plain and len(self.inputs) == len(self.columns) and all(each.kind == cells.NUMBER for each in self.columns)

    def rows(self, title: str, x: Any) -> np.ndarray:
        """The rows of a table as the learner reads them, float32 `[N, inputs]`.

        Columns are found by name where both tables have names, in any order and among any others, and by place elsewhere.

        Args:
            title: what messages call the table.
            x: the table; see `given_table.opened`.

        Raises:
            ZooError: for a column that is missing, another number of them where there are no names, or a cell that does not fit.

        Warns:
            UserWarning: where cells have levels that the task was not learned from.
        """
        table = opened(title, x)
        places = self._places(table)
        if table.matrix is not None and self.is_trivial:
            return checks.as_rows(table.title, table.matrix, (len(self.inputs),), missing=True)
        found = np.empty([table.rows, len(self.inputs)], np.float32)
        new: list[tuple[str, str]] = []
        for place in sorted({each.column for each in self.inputs}):
            kind, values = self.columns[place].kind, table.columns[places[place]]
            where = table.where(places[place], self._called(place))
            read = _read(kind, values, where)
            if kind == cells.LEVELS:
                known = set(self.columns[place].levels)
                new += [(str(each), self._called(place)) for each in read if each is not None and each not in known]
            for at, each in enumerate(self.inputs):
                if each.column == place:
                    found[:, at] = _bounded(encoded(each, read), where)
        if new:
            warn(
                f"{table.title} has {len(new)} cell(s) of a level that the task was not learned from, first "
                f"{cut(repr(new[0][0]))} in {new[0][1]}; they count as none of the levels."
            )
        return found

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, plain: Any) -> Self:
        """That of plain data, which anybody may have written.

        Raises:
            ValueError: if it is none, in words.
        """
        try:
            if plain["format"] != FORMAT or set(plain) != {"format", "columns", "inputs"}:
                raise ValueError(f"format {str(plain['format'])[:20]} with {len(plain)} parts is not known")
            columns = tuple(_column(each) for each in plain["columns"])
            inputs = tuple(_input(each, columns) for each in plain["inputs"])
            names = [column.name for column in columns]
            if not inputs or len({None, *names}) not in (1, len(names) + 1):
                raise ValueError("it has no inputs, or columns of the same name")
            return cls(columns, inputs)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise ValueError(f"the rule of its columns is damaged ({type(error).__name__}: {cut(error)})") from None

    def _called(self, place: int) -> str:
        return called(self.columns[place].name, place)

    def _places(self, table: GivenTable) -> dict[int, int]:
        """Where the columns that are read are in a table."""
        used = sorted({each.column for each in self.inputs})
        if table.names is not None and self.names is not None:
            at = {name: place for place, name in enumerate(table.names)}
            lacking = [self._called(place) for place in used if self.columns[place].name not in at]
            if lacking:
                raise ZooError(f"{table.title} lacks {listed(lacking)}; it has {listed([repr(name) for name in table.names])}.")
            return {place: at[str(self.columns[place].name)] for place in used}
        if len(table.columns) != len(self.columns):
            named = "" if self.names is None else f" ({listed(self.names)})"
            raise ZooError(
                f"{table.title} has {len(table.columns)} columns, but the task was learned from {len(self.columns)}{named}; "
                "give the same ones in the same order, or a table with names."
            )
        return {place: place for place in used}


def encoded(each: Input, read: Any) -> np.ndarray:
    """One input of the cells of its column, float64 `[N]`: `read` is floats of numbers and moments, and a list of levels."""
    if each.way == VALUE:
        with np.errstate(over="ignore"):
            return (read - each.origin) / each.scale
    if each.way == MISSING:
        return np.isnan(read).astype(np.float64)
    gap = math.nan if each.way == EITHER else 0.0
    return np.array([gap if level is None else float(level == each.level) for level in read])


def _read(kind: str, values: np.ndarray, where: cells.Where) -> Any:
    if kind == cells.LEVELS:
        return cells.texts(values)
    return cells.moments(values, where) if kind == cells.MOMENT else cells.numbers(values, where)


def _bounded(values: np.ndarray, where: cells.Where) -> np.ndarray:
    """Numbers that 32 bits hold."""
    large = np.flatnonzero(np.abs(values) > np.finfo(np.float32).max)
    if large.size:
        raise ZooError(f"{where.holds('a number too large for float32', int(large[0]))}; correct or scale it.")
    return values


def _column(plain: Any) -> Column:
    name, kind, levels = plain["name"], plain["kind"], plain["levels"]
    if not isinstance(name, str | None) or kind not in KINDS or len(plain) != 3:
        raise ValueError(f"{cut(plain)} is no column")
    if not isinstance(levels, list | tuple) or not all(isinstance(level, str) for level in levels):
        raise ValueError(f"{cut(levels)} are no levels")
    return Column(name, kind, tuple(levels))


def _input(plain: Any, columns: tuple[Column, ...]) -> Input:
    column, way, level, origin, scale = (plain[field.name] for field in dataclasses.fields(Input))
    if type(column) is not int or not 0 <= column < len(columns) or way not in WAYS or len(plain) != 5:
        raise ValueError(f"{cut(plain)} is no input")
    leveled = columns[column].kind == cells.LEVELS
    if leveled != (way in (LEVEL, EITHER)) or (level not in columns[column].levels if leveled else level != ""):
        raise ValueError(f"{cut(plain)} does not fit its column")
    if (
        type(origin) is not float
        or type(scale) is not float
        or not (math.isfinite(origin) and math.isfinite(scale) and scale > 0)
    ):
        raise ValueError(f"{cut(plain)} has no finite origin and scale")
    return Input(column, way, level, origin, scale)
