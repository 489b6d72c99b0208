"""The rule of a table's columns, made from the rows and labels that a task is learned from.

Levels of a category become a column each, gaps get a column that says so, and what tells nothing is left out, with a word.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.datasets.tables import cells
from zoo.datasets.tables.columns import EITHER, LEVEL, MISSING, VALUE, Column, Columns, Input, encoded
from zoo.datasets.tables.given_table import GivenTable
from zoo.utils.errors import ZooError, listed
from zoo.utils.ranges import warn

MOST_LEVELS = 10  # that have a column of their own, the commonest
MOST_INPUTS = 96
GAPS = 0.02  # share of missing numbers from which on a column tells that they are missing
FEWEST_IDS = 3  # rows from which on texts that are all different are taken for ids
FEWEST_COPIES = 10  # rows from which on a column that equals the label is no chance
# Deviations, and how often the mean holds one, that leave float32 the digits that a learner needs to standardise a column itself.
DEVIATIONS, FAR = (1e-3, 1e6), 1e3
DAY = 86_400.0
# What programs call the numbers of the rows that they write beside a table, or nothing.
ROW_NUMBERS = frozenset({"", "unnamed: 0", "id", "index", "row", "rownames", "row.names"})


def make(table: GivenTable, labels: np.ndarray, categorical: Sequence[str | int] | None, y: Any = None) -> Columns:
    """The rule of the columns of a support.

    Args:
        table: its examples.
        labels: its labels as the learner takes them, `[N, ...]`: where there are too many columns, what goes with them stays.
        categorical: names or places of columns of numbers that are codes of levels.
        y: its labels as the user gave them, of which no column may be a copy.

    Raises:
        ZooError: for a column that is an id or the label, one in `categorical` that is not there, or no value at all.

    Warns:
        UserWarning: of columns that are left out, and of one that equals the label.
    """
    coded = _places(table, categorical or ())
    if table.matrix is not None and not coded and _is_plain(table.matrix):
        _warn_of_copy(table, [place for place, column in enumerate(table.columns) if np.array_equal(column, np.asarray(y))])
        return Columns.trivial(len(table.columns))
    kinds = [_kind(table, place, place in coded) for place in range(len(table.columns))]
    read = [_cells(table, place, kind) for place, kind in enumerate(kinds)]
    _refuse_ids(table, kinds, read, coded)
    if y is not None:
        _refuse_label(table, kinds, read, y)
    numbered = _row_numbers(table, kinds, read)
    columns, inputs = [], []
    for place, (kind, found) in enumerate(zip(kinds, read, strict=True)):
        levels = _levels(found) if kind == cells.LEVELS else ()
        columns.append(Column(table.name(place), kind, levels))
        if place not in numbered:
            inputs += _level_inputs(place, found, levels) if kind == cells.LEVELS else _number_inputs(place, found, kind)
    values = [encoded(each, read[each.column]) for each in inputs]
    kept = _telling(table, inputs, values, numbered)
    if len(kept) > MOST_INPUTS:
        kept = _most_telling(kept, values, labels)
        warn(
            f"{table.title} has {len(inputs)} columns once levels and gaps have their own; the {MOST_INPUTS} that go most with "
            "the labels are kept, and the others are left out."
        )
    return Columns(tuple(columns), tuple(inputs[at] for at in kept))


def _is_plain(matrix: np.ndarray) -> bool:
    """Whether a table of numbers can be read as it is."""
    largest = np.abs(matrix).max(axis=0)
    if matrix.shape[1] > MOST_INPUTS or not (largest < DEVIATIONS[1] * FAR).all():  # NaN is not smaller either
        return False
    deviation = matrix.std(axis=0, dtype=np.float64)
    fits = (deviation > DEVIATIONS[0]) & (deviation < DEVIATIONS[1]) & (largest < FAR * deviation)
    return len(matrix) == 1 or bool(fits.all())


def _places(table: GivenTable, categorical: Sequence[str | int]) -> frozenset[int]:
    if isinstance(categorical, str):
        raise ZooError(f"categorical is {categorical!r}; give a list of columns, [{categorical!r}].")
    names, found = table.names or (), set()
    for each in categorical:
        if str(each) in names:
            found.add(names.index(str(each)))
        elif isinstance(each, int | np.integer) and 0 <= each < len(table.columns):
            found.add(int(each))
        else:
            held = listed([repr(name) for name in names]) if names else f"columns 0 to {len(table.columns) - 1}"
            raise ZooError(f"categorical names {each!r}, but {table.title} has {held}; name one of them.")
    return frozenset(found)


def _kind(table: GivenTable, place: int, coded: bool) -> str:
    if coded or place in table.declared:
        return cells.LEVELS
    return cells.kind_of(table.columns[place], table.where(place))


def _cells(table: GivenTable, place: int, kind: str) -> Any:
    where = table.where(place)
    if table.names is not None:
        cells.refuse_unwritable(table.names[place], f"the name of a column of {table.title}")
    if kind != cells.LEVELS:
        return (cells.moments if kind == cells.MOMENT else cells.numbers)(table.columns[place], where)
    found = cells.texts(table.columns[place])
    for level in {each for each in found if each is not None}:
        cells.refuse_unwritable(level, f"a level of {where.column} of {table.title}")
    return found


def _levels(found: list[str | None]) -> tuple[str, ...]:
    return tuple(sorted({level for level in found if level is not None}))


def _level_inputs(place: int, found: list[str | None], levels: tuple[str, ...]) -> list[Input]:
    if len(levels) == 2 and None not in found:
        return [Input(place, EITHER, levels[1])]
    counts = Counter(level for level in found if level is not None)
    commonest = sorted(counts, key=lambda level: (-counts[level], level))[:MOST_LEVELS]
    return [Input(place, LEVEL, level) for level in commonest]


def _number_inputs(place: int, found: np.ndarray, kind: str) -> list[Input]:
    present = found[~np.isnan(found)]
    if not present.size:
        return []
    origin, scale = (float(present.min()), _unit(present)) if kind == cells.MOMENT else _scaled(present)
    inputs = [Input(place, VALUE, "", origin, scale)]
    return [*inputs, Input(place, MISSING)] if len(found) - len(present) > GAPS * len(found) else inputs


def _unit(seconds: np.ndarray) -> float:
    """Seconds in the unit of moments: a day, or one second where all lie within a day."""
    return DAY if np.ptp(seconds) >= DAY else 1.0


def _scaled(present: np.ndarray) -> tuple[float, float]:
    """What is taken off numbers, and what they are divided by, where float32 does not hold them well: mean and deviation."""
    largest = float(np.abs(present).max()) or 1.0
    mean, deviation = float((present / largest).mean()) * largest, float((present / largest).std()) * largest
    if largest < FAR * DEVIATIONS[1] and deviation == 0:
        return 0.0, 1.0
    if DEVIATIONS[0] < deviation < DEVIATIONS[1] and largest < FAR * deviation:
        return 0.0, 1.0
    return mean, deviation if deviation > np.finfo(np.float64).tiny else largest


def _refuse_ids(table: GivenTable, kinds: list[str], read: list[Any], coded: frozenset[int]) -> None:
    """Refuse texts of which no two are the same: a learner would read nothing in them, or learn rows by heart."""
    ids = []
    for place, (kind, found) in enumerate(zip(kinds, read, strict=True)):
        if kind == cells.LEVELS and place not in coded | table.declared and table.columns[place].dtype.kind != "b":
            present = [level for level in found if level is not None]
            if FEWEST_IDS <= len(present) == len(set(present)):
                ids.append(table.called(place))
    if ids:
        raise ZooError(
            f"{table.title} has texts that are all different in {listed(ids)}, as ids and names are; leave such columns out, "
            "name them in categorical if they are categories, or write dates as 2026-11-28."
        )


def _refuse_label(table: GivenTable, kinds: list[str], read: list[Any], y: Any) -> None:
    """Refuse the label among the columns, by its name, and warn of a column that equals it."""
    values, name = np.asarray(y), getattr(y, "name", None)
    if values.shape != (table.rows,) or len(set(values.tolist())) == 1:
        return
    numeric = values.dtype.kind in "iuf"
    texts = cells.texts(values) if any(kind == cells.LEVELS for kind in kinds) else []
    same = [
        place
        for place, (kind, found) in enumerate(zip(kinds, read, strict=True))
        if (found == texts if kind == cells.LEVELS else numeric and np.array_equal(found, values))
    ]
    named = [place for place in same if name is not None and table.names and table.names[place] == str(name)]
    if named:
        raise ZooError(f"{table.title} holds the label itself in {table.called(named[0])}; leave it out of {table.title}.")
    _warn_of_copy(table, same)


def _warn_of_copy(table: GivenTable, same: list[int]) -> None:
    if same and table.rows >= FEWEST_COPIES:
        warn(
            f"{table.called(same[0])} of {table.title} equals the labels in all {table.rows} rows; leave it out, unless it is "
            "known of new rows too."
        )


def _row_numbers(table: GivenTable, kinds: list[str], read: list[Any]) -> frozenset[int]:
    """Columns that number the rows from 0 or 1 on, by their names and values; of one that is left out a word is said."""
    found = set()
    for place, name in enumerate(table.names or ()):
        may_be = name.lower() in ROW_NUMBERS and kinds[place] == cells.NUMBER and len(kinds) > 1 and table.rows > 1
        if may_be and any(np.array_equal(read[place], np.arange(table.rows) + first) for first in (0, 1)):
            found.add(place)
    if found:
        warn(f"{listed([table.called(place) for place in sorted(found)])} of {table.title} numbers the rows; left out.")
    return frozenset(found)


def _telling(table: GivenTable, inputs: list[Input], values: list[np.ndarray], numbered: frozenset[int]) -> list[int]:
    """Inputs that are not the same in all rows; of one row, or where all are the same, those that hold a value."""
    kept = [at for at, column in enumerate(values) if np.unique(column[~np.isnan(column)]).size > 1]
    if not kept:
        kept = [at for at, each in enumerate(inputs) if each.way != MISSING]
        if not kept:
            raise ZooError(f"{table.title} holds no value in any column; fill it in.")
        if table.rows > 1:
            warn(f"no column of {table.title} differs between its rows; what is learned does not depend on them.")
        return kept
    used = {inputs[at].column for at in kept} | numbered
    dropped = [table.called(place) for place in range(len(table.columns)) if place not in used]
    if dropped:
        warn(f"{table.title} holds the same in all rows, or nothing, in {listed(dropped)}; left out.")
    return kept


def _most_telling(kept: list[int], values: list[np.ndarray], labels: np.ndarray) -> list[int]:
    """Those of the largest correlation with a label, by its amount, in their order."""
    x = np.stack([values[at] for at in kept], axis=1)
    x = np.where(np.isnan(x), np.nanmean(x, axis=0), x)
    y = labels.reshape(len(labels), -1).astype(np.float64)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    size = np.linalg.norm(x, axis=0)[:, None] * np.linalg.norm(y, axis=0)
    size[size == 0] = np.inf
    strength = (np.abs(x.T @ y) / size).max(axis=1)
    best = np.argsort(-strength, kind="stable")[:MOST_INPUTS]
    return [kept[at] for at in sorted(best)]
