"""Any table, as learners of tables read it: columns of every kind, in every container, with wrong cells, names and labels."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz import learners
from fuzz.kind import Kind
from zoo.datasets.tables.columns import Columns

NAMES = ("age", "height, in m", "caf\u00e9", "x\ny", "id", "", "0", "a" * 400, " age", "\u65e5\u672c")
WORDS = ("red", "green", "blue", "true", "1", "1.0", " red", "RED", "\u65e5\u672c", "-")
MOMENTS = ("2026-11-28", "2026-11-28T09:30Z", "1999-01-01", "0001-01-01", "9999-12-31T23:59:59")
GAPS = (None, "", "NA", float("nan"), " ", "null")
ODD_CELLS = (
    *(1e39, -1e308, 1e-320, 2**70, 10**400, float("inf"), "inf", "1e999", "0x10", "1,5", "nan ", "a\0b", "\ud800", "z" * 3000),
    *(
        [1, 2],
        {},
        {"a": 1},
        b"red",
        object,
        True,
        1j,
        np.float32(0.5),
        np.datetime64("NaT"),
        datetime.date(2026, 1, 1),
        "2026-13-45",
    ),
)
FLOATS = st.floats(-1e6, 1e6, width=32)
PLAIN = (
    FLOATS,
    st.integers(-5, 5),
    st.integers(0, 2**31),
    st.sampled_from(WORDS[:3]),
    st.booleans(),
    st.sampled_from(MOMENTS[:3]),
    FLOATS.map(str),
)
OTHERS = (
    st.just(7.0),
    st.sampled_from(GAPS),
    st.sampled_from(WORDS),
    st.sampled_from(MOMENTS),
    st.floats(-1e38, 1e38),
    st.sampled_from([1e-30, 2e-30]),
    st.sampled_from([1e9, 1e9 + 1]),
    FLOATS | st.sampled_from(WORDS),
    st.uuids().map(str),
)


@dataclass(frozen=True)
class Table:
    """Columns by position, with their names, and labels; what holds them, and whether labels are numbers."""

    names: tuple[str, ...]
    columns: tuple[tuple, ...]
    y: tuple
    container: str = "dict"
    numbers: bool = False
    categorical: tuple = ()

    def held(self, backwards: bool = False) -> Any:
        """The columns as a user would hold them; those of a dict may come in the other order."""
        names, columns = (self.names[::-1], self.columns[::-1]) if backwards else (self.names, self.columns)
        by_name = dict(zip(names, map(list, columns), strict=True))
        match self.container:
            case "dict":
                return by_name
            case "frame":
                import pandas as pd

                return pd.DataFrame(by_name)
            case "dicts":
                return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
            case "array":
                rows = list(zip(*columns, strict=False))
                whole = np.empty((len(rows), len(columns)), dtype=object)
                for place, row in enumerate(rows):
                    for at, cell in enumerate(row):
                        whole[place, at] = cell
                return whole
        return [list(row) for row in zip(*columns, strict=False)]


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(2, 12)) if draw(st.integers(0, 9)) else draw(st.integers(0, 1))
    width = draw(st.integers(1, 4))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=width, max_size=width, unique=True))
    columns = []
    for _ in range(width):
        kind = draw(st.sampled_from(PLAIN + PLAIN + OTHERS))
        column = draw(st.lists(kind, min_size=rows, max_size=rows))
        if rows and draw(st.integers(0, 4)) == 0:
            column[draw(st.integers(0, rows - 1))] = draw(st.sampled_from(GAPS))
        columns.append(column)
    numbers = draw(st.booleans())
    label = (
        FLOATS | st.integers(-9, 9)
        if numbers
        else st.sampled_from([["elm", "oak"], [0, 1, 2], [True, False], ["a"]]).flatmap(st.sampled_from)
    )
    y = draw(st.lists(label, min_size=rows, max_size=rows))
    for what in draw(st.lists(st.sampled_from(["cell", "cell", "label", "short", "labels", "same"]), max_size=2)):
        match what:
            case "cell" if rows:
                column = columns[draw(st.integers(0, width - 1))]
                column[-1 - draw(st.integers(0, rows - 1)) % len(column)] = draw(st.sampled_from(ODD_CELLS))
            case "label" if y:
                y[draw(st.integers(0, len(y) - 1))] = draw(st.sampled_from([None, float("nan"), 1e39, "", "elm\0", [1], 0.5]))
            case "short" if rows > 1:
                columns[0] = columns[0][:-1]
            case "labels":
                y = y[:-1] if draw(st.booleans()) else [*y, "elm"]
            case "same":
                columns[-1] = list(y)[:rows]
    container = draw(st.sampled_from(["dict", "dict", "dicts", "lists", "array", "frame"]))
    named = draw(st.sampled_from([(), (), (), (names[0],), (0,), ("nobody",)]))
    return Table(tuple(names), tuple(map(tuple, columns)), tuple(y), container, numbers, named)


def _opened(given: Table, folder: Path) -> None:
    learner = learners.learner(learners.TABLE_OF_NUMBERS if given.numbers else learners.TABLE)
    try:
        x = given.held()
    except (ValueError, TypeError, OverflowError):  # pandas holds no columns of several lengths
        x = {}
    task = learner.learn(x, list(given.y), categorical=list(given.categorical))
    again = Columns.from_json(task.columns.as_json())
    rows = task.columns.rows("x", x)
    np.testing.assert_array_equal(again.rows("x", x), rows)  # the rule that is kept is the rule
    answers = task.answers(x)
    assert answers.shape[0] == len(rows) == len(given.y)
    assert np.isfinite(answers).all()
    assert len(task.ood_score(x)) == len(rows)
    if given.numbers:
        assert np.isfinite(np.asarray(task.predict(x), np.float64)).all()
    else:
        odds = task.predict_proba(x)
        assert set(np.asarray(task.predict(x)).tolist()) <= set(task.classes)
        np.testing.assert_allclose(odds.sum(axis=1), 1.0, rtol=1e-4)
    if given.container == "dict":
        np.testing.assert_array_equal(task.answers(given.held(backwards=True)), answers)


VALID = Table(("age", "colour"), ((1.0, 2.0, None, 4.0), ("red", "blue", "red", "blue")), ("elm", "oak", "elm", "oak"))
KIND = Kind("tables", 60, _tables(), _opened, VALID)
