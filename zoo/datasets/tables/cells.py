"""The cells of one column of a user's table, whatever holds them: as numbers, moments or texts, and which of them are missing."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, final

import numpy as np

from zoo.utils.checks import MISSING, is_number
from zoo.utils.errors import ZooError, cut

NUMBER, MOMENT, LEVELS = "number", "moment", "levels"
EPOCH = datetime(1970, 1, 1)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?", re.ASCII
)


@final
@dataclass(frozen=True)
class Where:
    """A column, for messages.

    Attributes:
        title: of its table.
        column: what it is called.
        lines: of the file that each row ends on, where the table came from one.
    """

    title: str
    column: str
    lines: tuple[int, ...] | None = None

    def holds(self, what: str, row: int) -> str:
        """The beginning of a message about a cell."""
        place = f"row {row}" if self.lines is None else f"line {self.lines[row]}"
        return f"{self.title} holds {what} in {self.column} (first in {place})"


def kind_of(values: np.ndarray, where: Where) -> str:
    """What a column holds: `NUMBER` if all that is there are numbers, `MOMENT` if all are dates or times of a day, else `LEVELS`.

    Args:
        values: `[N]`, of any type.
        where: the column.

    Raises:
        ZooError: for cells that are nothing of these, such as lists.
    """
    if values.dtype.kind in "iufm":
        return NUMBER
    if values.dtype.kind == "M":
        return MOMENT
    present = [each for each in _plain_of(values, where) if each is not None]
    kinds = {type(each) for each in present}
    texts = kinds == {str}
    if (kinds != {bool} and kinds <= {bool, int, float}) or (texts and all(map(is_number, present))):
        return NUMBER
    return MOMENT if kinds == {datetime} or (texts and all(map(_MOMENT.fullmatch, present))) else LEVELS


def numbers(values: np.ndarray, where: Where) -> np.ndarray:
    """Cells as numbers, float64 `[N]`, NaN where one is missing; durations in seconds.

    Raises:
        ZooError: for a cell that is no number, or infinite, with its row.
    """
    plain = values.dtype.kind in "biuf"
    found = values.astype(np.float64) if plain else _floats(values, where, _number, "a number")
    infinite = np.flatnonzero(np.isinf(found))
    if infinite.size:
        raise ZooError(f"{where.holds('infinity', int(infinite[0]))}; leave the cell empty, or correct it.")
    return found


def moments(values: np.ndarray, where: Where) -> np.ndarray:
    """Dates and times as seconds since 1970, in UTC where they have a time zone, float64 `[N]`, NaN where one is missing.

    Raises:
        ZooError: for a cell that is neither, with its row.
    """
    if values.dtype.kind == "M":
        seconds = values.astype("datetime64[us]").astype(np.int64) / 1e6
        return np.where(np.isnat(values), np.nan, seconds)
    return _floats(values, where, _seconds, "a date such as 2026-11-28")


def texts(values: np.ndarray) -> list[str | None]:
    """Cells as names of levels, None where one is missing; 1, 1.0 and "1" are the same level."""
    return [None if each is None else _level(each) for each in _plain_of(values, None)]


def refuse_unwritable(text: str, what: str) -> None:
    """Refuse a name that no file can hold.

    Raises:
        ZooError: for a text that is none in UTF-8.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ZooError(f"{what} is {cut(ascii(text))}, which cannot be written in UTF-8; name it otherwise.") from None


def _floats(values: np.ndarray, where: Where, convert: Callable[[Any], float], wanted: str) -> np.ndarray:
    found = np.full(len(values), np.nan)
    for row, each in enumerate(_plain_of(values, where)):
        try:
            found[row] = np.nan if each is None else convert(each)
        except (TypeError, ValueError):
            raise ZooError(
                f"{where.holds(cut(repr(each)), row)}, but {wanted} was expected; correct the cell, or leave it empty."
            ) from None
        except OverflowError:
            raise ZooError(f"{where.holds('a whole number too large for a float', row)}; scale the column.") from None
    return found


def _number(cell: Any) -> float:
    if isinstance(cell, datetime) or (isinstance(cell, str) and not is_number(cell)):
        raise ValueError
    return float(cell)


def _seconds(cell: Any) -> float:
    if isinstance(cell, str) and _MOMENT.fullmatch(cell):
        cell = _naive(datetime.fromisoformat(cell))
    return (cell - EPOCH).total_seconds()


def _level(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(np.float32(cell))  # the same in 32 bits as in 64
    if isinstance(cell, datetime):
        return cell.isoformat()
    return str(cell)


def _plain_of(values: np.ndarray, where: Where | None) -> list[Any]:
    """Cells as Python's own: None for one that is missing, truth values, numbers, texts, and moments without a time zone.

    Anything else stays as it is where no column is named, and is an error elsewhere.
    """
    if values.dtype.kind in "mM":  # of NumPy's nanoseconds Python has no type
        values = values.astype(f"{values.dtype.str[1:3]}[us]").astype(object)
    found = []
    for row, each in enumerate(values.tolist()):
        try:
            found.append(_plain(each))
        except (TypeError, ValueError):
            if where:
                raise ZooError(
                    f"{where.holds(f'a {type(each).__name__}', row)}; give numbers, texts, truth values or dates."
                ) from None
            found.append(str(each))
    return found


def _plain(cell: Any) -> Any:
    if isinstance(cell, np.datetime64 | np.timedelta64):
        cell = cell.astype(f"{cell.dtype.str[1:3]}[us]").item()
    elif isinstance(cell, np.generic) or (isinstance(cell, np.ndarray) and not cell.ndim):
        cell = cell.item()
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(cell, bytes):
        cell = cell.decode()
    if isinstance(cell, str):
        return None if cell.strip() in MISSING else cell.strip()
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float | Decimal | Fraction):
        return None if _is_nan(cell) else _float(cell)
    if isinstance(cell, datetime):
        return _naive(cell)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    raise TypeError


def _is_nan(cell: float | Decimal | Fraction) -> bool:
    return cell.is_nan() if isinstance(cell, Decimal) else cell != cell


def _float(cell: float | Decimal | Fraction) -> float:
    """A number as a float; infinity where it is too large, which is refused later, with its column."""
    try:
        return float(cell)
    except OverflowError:
        return math.inf


def _naive(moment: datetime) -> datetime:
    """A moment in UTC, without its time zone: Python does not compare those with and without one."""
    moment = datetime(*moment.timetuple()[:6], moment.microsecond, moment.tzinfo)  # not a subclass of another package
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
