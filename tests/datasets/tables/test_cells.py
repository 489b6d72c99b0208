"""Cells of every type that a table may hold: numbers, moments, texts, and which are missing."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from zoo import ZooError
from zoo.datasets.tables import cells
from zoo.datasets.tables.cells import LEVELS, MOMENT, NUMBER, Where

X = Where("x", "column 'age'")


def column(*values):
    return np.array(values, dtype=object)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.arange(3), NUMBER),
        (np.array([1.5, np.nan], np.float16), NUMBER),
        (np.array([5], "m8[s]"), NUMBER),
        (np.array(["2026-11-28"], "M8[D]"), MOMENT),
        (np.array([True, False]), LEVELS),
        (column(True, None), LEVELS),
        (column(True, 2), NUMBER),
        (column(1, None, pd.NA, math.nan, Decimal("1.5"), Fraction(1, 3)), NUMBER),
        (column("1", " 2.5e3 ", "", "NA", None), NUMBER),
        (column("1", "2,5"), LEVELS),  # a decimal comma is the business of whoever reads the file
        (column("1", "Na"), LEVELS),  # sodium
        (column("1", 2), LEVELS),
        (column(date(2026, 11, 28), pd.NaT), MOMENT),
        (column(pd.Timestamp("2026-11-28", tz="Asia/Tokyo")), MOMENT),
        (column("2026-11-28", "2026-11-28T10:30Z", None), MOMENT),
        (column("28.11.2026"), LEVELS),
        (column(None, "", np.nan), NUMBER),
        (np.array([b"1", b"2"]), NUMBER),
        (np.array(["a", ""], np.dtypes.StringDType()), LEVELS),
    ],
)
def test_what_a_column_holds(values, kind):
    assert cells.kind_of(values, X) == kind


@pytest.mark.parametrize("odd", [[1], {"a": 1}, 1j, b"\xff", object()])
def test_a_cell_that_is_nothing_of_a_table_is_named(odd):
    values = np.empty(2, object)
    values[:] = [1.0, odd]
    with pytest.raises(
        ZooError, match=r"x holds a .* in column 'age' \(first in row 1\); give numbers, texts, truth values or dates"
    ):
        cells.kind_of(values, X)


def test_numbers_of_all_types_are_floats_and_gaps_are_nan():
    found = cells.numbers(column(True, 2, "3.5", b"4", Decimal("5"), None, "NA", pd.NA, timedelta(minutes=1), np.int8(7)), X)
    np.testing.assert_array_equal(found, [1, 2, 3.5, 4, 5, np.nan, np.nan, np.nan, 60, 7])
    np.testing.assert_array_equal(cells.numbers(np.array([90, "NaT"], "m8[s]"), X), [90, np.nan])


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (
            "abc",
            r"x holds 'abc' in column 'age' \(first in row 1\), but a number was expected; correct the cell, or leave it empty",
        ),
        ("1_0", "'1_0'"),
        (date(2026, 1, 1), "a number was expected"),
        (10**400, "too large for a float"),
        (math.inf, "x holds infinity in column 'age'"),
    ],
)
def test_what_is_no_number_is_refused_with_its_row(odd, message):
    with pytest.raises(ZooError, match=message):
        cells.numbers(column(1, odd), X)


def test_moments_of_all_types_are_the_same_seconds():
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
    east = timezone(timedelta(hours=9))
    same = column(
        "2026-11-28T12:00:00Z",
        "2026-11-28 21:00+09:00",
        datetime(2026, 11, 28, 12),
        datetime(2026, 11, 28, 21, tzinfo=east),
        pd.Timestamp("2026-11-28 12:00"),
        np.datetime64("2026-11-28T12:00", "ns"),
    )
    np.testing.assert_array_equal(cells.moments(same, X), noon)
    np.testing.assert_array_equal(cells.moments(np.array(["2026-11-28T12", "NaT"], "M8[ns]"), X), [noon, np.nan])
    np.testing.assert_array_equal(cells.moments(column(date(1970, 1, 2), None), X), [86400, np.nan])
    for odd in ("soon", 3.5, "2026-13-28"):
        with pytest.raises(ZooError, match=r"in row 0\), but a date such as 2026-11-28 was expected"):
            cells.moments(column(odd), X)


def test_levels_are_the_same_however_their_cells_are_typed():
    assert cells.texts(column(1, 1.0, "1", np.int8(1), np.float32(1))) == ["1"] * 5
    assert cells.texts(column(np.float32(0.1), 0.1, "0.1")) == ["0.1"] * 3
    assert cells.texts(column(True, "True", np.True_)) == ["True"] * 3
    assert cells.texts(column(" a ", b"a", None, "NA", date(2026, 1, 1))) == ["a", "a", None, None, "2026-01-01T00:00:00"]
    assert cells.texts(np.array([1.0, np.nan])) == ["1", None]
    assert cells.texts(column(pd.Interval(0, 1))) == ["(0, 1]"]


def test_a_text_that_no_file_can_hold_is_refused():
    with pytest.raises(ZooError, match=r"a level is '\\ud800', which cannot be written in UTF-8"):
        cells.refuse_unwritable("\ud800", "a level")
