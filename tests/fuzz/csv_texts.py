"""CSV files: tables in every dialect that spreadsheets write, with fields, rows, quotes and encodings that are wrong."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from fuzz.damage import damaged
from fuzz.kind import Kind
from zoo.utils import tables

ODD_FIELDS = (
    *("", " ", "nan", "NA", "-inf", "1e39", "1e999", "1e-400", "1_0", "\uff11\uff10", "1,5", "1.5", "1,234", "1.234,5", "+", "."),
    *('"', '""', '"a\nb"', "'", "=1+1", "\0", "\x1c", "\u2028", "\u00a01", "0x10", "1e", "--1", "true", "#", "a" * 1500),
    *("9" * 131_000, "b" * 131_073, "\t", ";", "|", ","),
)
NAMES = ("x", "y", "x1", "height, in m", "breite;", "a b", "\u00e4", 'q"q', "time\u00a0(s)", "x\ny")


@dataclass(frozen=True)
class Csv:
    """A file, whether numbers may be missing, and the table that it holds if nothing in it is wrong."""

    data: bytes
    missing: bool = False
    table: tuple | None = None


@st.composite
def _csv(draw: st.DrawFn) -> Csv:
    delimiter = draw(st.sampled_from(",,,;;\t|"))
    comma = delimiter != "," and draw(st.booleans())
    header = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    number = st.integers(-9999, 9999).map(lambda n: n / 8) | st.floats(-(2.0**99), 2.0**99, width=32)
    values = draw(st.lists(st.lists(number, min_size=len(header), max_size=len(header)), min_size=1, max_size=5))
    rows = [[_written(value, comma) for value in row] for row in values]
    cells = [[_quoted(name, delimiter) for name in header], *rows]
    wrong = draw(st.lists(st.sampled_from(["field", "field", "name", "short", "long", "empty", "other", "noise"]), max_size=2))
    for what in wrong:
        _spoil(draw, cells, what)
    newline = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    lines = [delimiter.join(row) for row in cells]
    text = newline.join([*([f"sep={delimiter}"] if draw(st.integers(0, 9)) == 0 and newline != "\r" else []), *lines, ""])
    encoding = draw(st.sampled_from(["utf-8"] * 5 + ["utf-8-sig"] * 3 + ["utf-16", "latin-1"]))
    data = text.encode(encoding, "replace")
    if draw(st.integers(0, 4)) == 0:
        data, wrong = draw(damaged(data)), ["bytes"]
    # Where all fields have three digits behind the comma, or there is one column, a comma may mean something else.
    sure = not wrong and encoding.startswith("utf-8") and not comma and len(header) > 1 and "x\ny" not in header
    return Csv(data, draw(st.booleans()), (tuple(name.strip() for name in header), values) if sure else None)


def _written(value: float, comma: bool) -> str:
    text = repr(float(np.float32(value)))
    return text.replace(".", ",") if comma else text


def _quoted(name: str, delimiter: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & {delimiter, '"', "\n", ";", ","} else name


def _spoil(draw: st.DrawFn, cells: list[list[str]], what: str) -> None:
    """Make one thing wrong in the cells of a table, the header among them."""
    row = cells[draw(st.integers(0, len(cells) - 1))]
    match what:
        case "name":
            cells[0][draw(st.integers(0, len(cells[0]) - 1))] = draw(st.sampled_from(["", "1", "x", "y", "nan", *ODD_FIELDS]))
        case "field":
            row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from(ODD_FIELDS))
        case "short" if len(row) > 1:
            row.pop()
        case "long":
            row.append(draw(st.sampled_from(["", "1", *ODD_FIELDS])))
        case "empty":
            cells.insert(draw(st.integers(0, len(cells))), [draw(st.sampled_from(["", "  ", ",", ";;", '""']))])
        case "other":
            row[:] = [draw(st.sampled_from(",;\t|")).join(row)]
        case "noise":
            row[0] = draw(st.text(max_size=12))


def _opened(given: Csv, folder: Path) -> None:
    path = folder / "table.csv"
    path.write_bytes(given.data)
    table = tables.opened(path)
    assert len(table.rows) == len(table.lines)
    numbers = table.numbers(missing=given.missing)
    assert numbers.shape == (len(table.rows), len(table.header))
    assert given.missing or np.isfinite(numbers).all()
    if given.table is not None:
        header, values = given.table
        assert tuple(table.header) == header
        np.testing.assert_array_equal(numbers, np.float32(values))


KIND = Kind("CSV files", 140, _csv(), _opened, Csv(b"x,y\n1,2\n", table=(("x", "y"), [[1, 2]])))
