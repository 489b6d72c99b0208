"""A user's CSV files: read with errors that name the file, the line and the column, written atomically.

Fields are separated by commas, semicolons, tabs or bars, and decimals by points or commas, as spreadsheets of many countries
write them. What may be meant in two ways is refused.
"""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.utils import files
from zoo.utils.checks import MISSING, is_number
from zoo.utils.errors import ZooError, cut, listed

STANDARD_INPUT = "-"
DELIMITERS = ",;\t|"
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")  # 1,234 may be more than a thousand, or one and a bit
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Table:
    """A CSV as it was written.

    Attributes:
        source: what messages call it.
        header: names of the columns, each once.
        rows: the fields of every row, as texts.
        lines: the line of the file that each row ends on.
    """

    source: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def numbers(self, names: Sequence[str] | None = None, missing: bool = False) -> np.ndarray:
        """Numbers of some columns in the order of `names`, of all by default, float32 `[rows, columns]`.

        Args:
            names: the columns.
            missing: whether an empty field or `nan` is a number that is missing, NaN.

        Raises:
            ZooError: if a column is missing, or a field is no number, not finite, or too large.
        """
        names = self.header if names is None else names
        place = {name: index for index, name in enumerate(self.header)}
        absent = [name for name in names if name not in place]
        if absent:
            raise ZooError(f"{self.source} lacks the column {listed(absent)}; it has {listed(self.header)}.")
        wanted = [place[name] for name in names]
        texts = [[row[at].strip() for at in wanted] for row in self.rows]
        if missing:
            texts = [["nan" if text.lower() in ("", "nan", "na") else text for text in row] for row in texts]
        texts = self._with_points(texts)
        values = np.empty([len(texts), len(wanted)], np.float32)
        for index, row in enumerate(texts):
            for column, text in enumerate(row):
                problem = None if missing and text == "nan" else _problem(text)
                if problem:
                    where = f"{self.source}, line {self.lines[index]}: {cut(repr(self.rows[index][wanted[column]]))}"
                    raise ZooError(f"{where} in column {cut(repr(names[column]))} is {problem}")
                values[index, column] = float(text)
        return values

    def columns(self, names: Sequence[str]) -> list[list[str]]:
        """Fields of some columns as texts, a list for each; where all that are not missing are numbers, with decimal points.

        Raises:
            ZooError: as `numbers`, for decimals that may be meant in two ways.
        """
        place = {name: index for index, name in enumerate(self.header)}
        absent = [name for name in names if name not in place]
        if absent:
            raise ZooError(f"{self.source} lacks the column {listed(absent)}; it has {listed(self.header)}.")
        found = [[row[place[name]].strip() for row in self.rows] for name in names]
        numeric = [at for at, column in enumerate(found) if all(map(_may_be_number, column))]
        pointed = self._with_points([[found[at][row] for at in numeric] for row in range(len(self.rows))])
        for place_in_row, at in enumerate(numeric):
            found[at] = [row[place_in_row] for row in pointed]
        return found

    def _with_points(self, texts: list[list[str]]) -> list[list[str]]:
        """Numbers with decimal points in place of decimal commas.

        Raises:
            ZooError: where both occur, or each comma may separate thousands.
        """
        found = [
            (text, line) for row, line in zip(texts, self.lines, strict=True) for text in row if _DECIMAL_COMMA.fullmatch(text)
        ]
        if not found:
            return texts
        text, line = found[0]
        here = f"{self.source}, line {line}: {cut(repr(text))}"
        pointed = next((each for row in texts for each in row if "." in each and is_number(each)), None)
        if pointed:
            raise ZooError(f"{here} has a comma and {cut(repr(pointed))} a point; write all decimals with points.")
        if all(_GROUPED.fullmatch(each) for each, _ in found):
            plain = text.replace(",", "")
            raise ZooError(
                f"{here} may be {plain} or {text.replace(',', '.')}; write decimals with points, and no commas between thousands."
            )
        return [[text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text for text in row] for row in texts]


def opened(path: str | Path) -> Table:
    """Read a CSV with a header, of any of `DELIMITERS`; from standard input where the path is "-".

    Raises:
        ZooError: if the file cannot be read, has no rows, is ragged, or its header is none or holds a name twice.
    """
    source, text = _text(path)
    table, delimiter = _split(source, text)
    if len(table) < 2:
        raise ZooError(f"{source} has no rows; pass a CSV with a header, e.g. x,y, and at least one row of numbers.")
    header = [name.strip() for name in table[0][1]]
    if all(is_number(name) or _DECIMAL_COMMA.fullmatch(name) for name in header):
        raise ZooError(f"{source} begins with numbers; its first line must name the columns, e.g. x,y.")
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise ZooError(
            f"{source} names {len(twice)} column(s) more than once: {listed([repr(name) for name in twice])}; "
            "give each a name of its own, e.g. x1, y1, x2, y2."
        )
    for number, row in table[1:]:
        if len(row) != len(header):
            kind = {",": "", "\t": ", separated by tabs"}.get(delimiter, f", separated by {delimiter!r}")
            blanks = "; separate them by commas, not blanks" if len(header) == 1 and " " in header[0] else ""
            raise ZooError(
                f"{source}, line {number}: {len(row)} fields{kind}, but the header has {len(header)}{blanks}; complete the line."
            )
    return Table(source, header, [row for _, row in table[1:]], [number for number, _ in table[1:]])


def read(path: str | Path) -> tuple[list[str], np.ndarray]:
    """Read a CSV of numbers with a header.

    Returns:
        The names of the columns, and the numbers, float32 `[rows, columns]`.

    Raises:
        ZooError: as `opened`, or if a field is not a finite number.
    """
    table = opened(path)
    return table.header, table.numbers()


def write(path: str | Path | None, header: list[str], rows: Iterable[Iterable[Any]], force: bool = False) -> None:
    """Write a CSV of numbers and texts; to standard output where `path` is None.

    Raises:
        ZooError: if `path` exists and `force` is false.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows([[_written(value) for value in row] for row in rows])
    if path is None:
        sys.stdout.write(text.getvalue())
        return
    with files.written_aside(path, force) as aside:
        aside.write_text(text.getvalue(), encoding="utf-8")


def _written(value: Any) -> str:
    """A text as it is, a float32 with as many digits as tell it from all others."""
    if isinstance(value, str | np.float32):
        return str(value)
    return f"{value:.7g}"


def _may_be_number(text: str) -> bool:
    return text in MISSING or is_number(text) or bool(_DECIMAL_COMMA.fullmatch(text))


def unused(name: str, header: Sequence[str]) -> str:
    """A name for a predicted column beside those of the query, which may hold the truth under the same name."""
    while name in header:
        name = f"predicted {name}"
    return name


def _text(path: str | Path) -> tuple[str, str]:
    source = "standard input" if str(path) == STANDARD_INPUT else str(path)
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else Path(path).read_bytes()
        return source, data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ZooError(f"{source} cannot be read ({error}); pass a CSV file in UTF-8.") from None


def _split(source: str, text: str) -> tuple[list[tuple[int, list[str]]], str]:
    """The lines that are not empty, with their numbers, split by the delimiter that fits them best; and that delimiter."""
    told = re.match(r"sep=([,;\t|])\r?\n", text)  # what Excel writes to name its delimiter
    first = next((line for line in text.splitlines()[bool(told) :] if line.strip()), "")
    tried = [told[1]] if told else [delimiter for delimiter in DELIMITERS if delimiter in first] or [","]
    try:
        splits = [(list(_lines(text, delimiter, bool(told))), delimiter) for delimiter in tried]
    except csv.Error as error:
        raise ZooError(f"{source} cannot be read as a CSV ({error}); correct its quotes, or shorten its fields.") from None

    def fits(split: tuple[list[tuple[int, list[str]]], str]) -> tuple[bool, int]:
        widths = [len(row) for _, row in split[0]]
        return len(set(widths)) == 1, widths[0] if widths else 0

    return max(splits, key=fits)


def _lines(text: str, delimiter: str, told: bool) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in reader:
        if any(map(str.strip, row)) and not (told and reader.line_num == 1):
            yield reader.line_num, row


def _problem(text: str) -> str | None:
    """What is wrong with a field, and the remedy; None if it is a number of float32."""
    if is_number(text):
        return (
            None if abs(float(text)) <= _LARGEST else f"larger than {_LARGEST:.2g}, the most a number of 32 bits holds; scale it."
        )
    if _NOT_FINITE.fullmatch(text):
        return "not a finite number; remove or fill the line."
    return "not a number; correct the line."
