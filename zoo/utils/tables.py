"""A user's CSV files: read with errors that name the file and the column, written atomically."""

import csv
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from zoo.utils import files
from zoo.utils.errors import ZooError


def read(path: str | Path) -> tuple[list[str], np.ndarray]:
    """Read a CSV with a header.

    Returns:
        The names of the columns, and the numbers, float32 `[rows, columns]`.

    Raises:
        ZooError: if the file cannot be read, has no rows, is ragged, or holds something that is no number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} cannot be read ({error}); pass a CSV file in UTF-8.") from None
    lines = [(number, row) for number, row in enumerate(csv.reader(io.StringIO(text)), 1) if any(map(str.strip, row))]
    if len(lines) < 2:
        raise ZooError(f"{path} has no rows; pass a CSV with a header, e.g. x,y, and at least one row of numbers.")
    header = [name.strip() for name in lines[0][1]]
    if all(map(_is_number, header)):
        raise ZooError(f"{path} begins with numbers; its first line must name the columns, e.g. x,y.")
    for number, row in lines[1:]:
        if len(row) != len(header):
            raise ZooError(f"{path}, line {number}: {len(row)} fields, but the header has {len(header)}; complete the line.")
        for name, value in zip(header, row, strict=True):
            if not _is_number(value):
                raise ZooError(f"{path}, line {number}: {value!r} in column {name!r} is not a number; correct the line.")
    return header, np.array([[float(value) for value in row] for _, row in lines[1:]], np.float32)


def columns(path: str | Path, names: list[str]) -> np.ndarray:
    """Read some columns of a CSV, in the order of `names`.

    Raises:
        ZooError: as `read`, or if a column is missing.
    """
    header, values = read(path)
    missing = [name for name in names if name not in header]
    if missing:
        raise ZooError(f"{path} lacks the column {', '.join(missing)}; it has {', '.join(header)}.")
    return values[:, [header.index(name) for name in names]]


def write(path: str | Path | None, header: list[str], rows: Iterable[Iterable[Any]], force: bool = False) -> None:
    """Write a CSV of numbers and texts; to standard output where `path` is None.

    Raises:
        ZooError: if `path` exists and `force` is false.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows([[value if isinstance(value, str) else f"{value:.7g}" for value in row] for row in rows])
    if path is None:
        sys.stdout.write(text.getvalue())
        return
    with files.written_aside(path, force) as aside:
        aside.write_text(text.getvalue(), encoding="utf-8")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
