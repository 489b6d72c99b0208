"""The rule of columns on queries: found by name, checked, the same from its file, and its damage named."""

import copy
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zoo import ZooError
from zoo.datasets.tables.columns import Column, Columns, Input

RULE = Columns(
    (
        Column("age", "number"),
        Column("sex", "levels", ("f", "m")),
        Column("city", "levels", ("Bonn", "Oslo", "Rome")),
        Column("seen", "moment"),
        Column("constant", "number"),
    ),
    (
        Input(0, "value"),
        Input(0, "missing"),
        Input(1, "either", "m"),
        Input(2, "level", "Rome"),
        Input(2, "level", "Oslo"),
        Input(3, "value", "", 86400.0, 86400.0),
    ),
)
ROWS = {"age": [30, None], "sex": ["m", "f"], "city": ["Rome", "Bonn"], "seen": ["1970-01-02", "1970-01-04"]}
READ = [[30, 0, 1, 1, 0, 0], [np.nan, 1, 0, 0, 0, 2]]


def test_every_way_of_an_input():
    found = RULE.rows("x", ROWS)
    np.testing.assert_array_equal(found, np.array(READ, np.float32))
    assert found.dtype == np.float32
    gone = RULE.rows("x", {name: [None] for name in ROWS})
    np.testing.assert_array_equal(gone, [[np.nan, 1, np.nan, 0, 0, np.nan]])
    assert RULE.titles == ("age", "age is missing", "sex = m", "city = Rome", "city = Oslo", "seen")
    assert (RULE.width, RULE.names) == (6, ("age", "sex", "city", "seen", "constant"))


def test_names_are_found_in_any_order_and_among_others():
    frame = pd.DataFrame(ROWS | {"other": [[], {}]})[["other", "seen", "city", "age", "sex"]]
    np.testing.assert_array_equal(RULE.rows("x", frame), np.array(READ, np.float32))


def test_tables_without_names_go_by_place_and_must_be_as_wide():
    rows = [[*row, 0] for row in zip(*ROWS.values(), strict=True)]
    np.testing.assert_array_equal(RULE.rows("x", rows), np.array(READ, np.float32))
    with pytest.raises(ZooError, match=r"x has 4 columns, but the task was learned from 5 \(age, sex, city, seen, constant\)"):
        RULE.rows("x", [row[:4] for row in rows])
    bare = Columns.trivial(2)
    np.testing.assert_array_equal(bare.rows("x", {"b": [1], "a": [2]}), [[1, 2]])
    with pytest.raises(ZooError, match="x has 3 columns, but the task was learned from 2; give the same ones"):
        bare.rows("x", [[1, 2, 3]])


def test_a_column_that_is_missing_is_named():
    with pytest.raises(ZooError, match="x lacks column 'age', column 'sex'; it has 'city', 'seen'"):
        RULE.rows("x", {name: ROWS[name] for name in ("city", "seen")})


def test_new_levels_are_zeros_and_counted_in_one_warning():
    new = {"age": [1, 2, 3], "sex": ["x", "m", None], "city": ["Bonn", "Paris", "Paris"], "seen": ["1970-01-02"] * 3}
    with pytest.warns(UserWarning, match="3 cell.s. of a level .* learned from, first 'x' in column 'sex'; they count") as caught:
        found = RULE.rows("x", new)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(found[:, 2:5], [[0, 0, 0], [1, 0, 0], [np.nan, 0, 0]])


def test_a_cell_that_does_not_fit_its_column_is_named():
    with pytest.raises(ZooError, match=r"x holds 'old' in column 'age' \(first in row 1\), but a number was expected"):
        RULE.rows("x", ROWS | {"age": [1, "old"]})
    with pytest.raises(ZooError, match="x holds a number too large for float32 in column 'age'"):
        RULE.rows("x", ROWS | {"age": [1e39, 1]})


def test_the_trivial_rule_is_the_numbers_themselves():
    rule, x = Columns.trivial(3), np.array([[1, np.nan, 3]], np.float32)
    assert rule.is_trivial
    assert not RULE.is_trivial
    assert rule.names is None
    assert rule.titles == ("column 0", "column 1", "column 2")
    for given in (x, x.astype(float), x.astype(object), x.tolist(), pd.DataFrame(x)):
        np.testing.assert_array_equal(rule.rows("x", given), x)
    with pytest.raises(ZooError, match="x holds infinity"):
        rule.rows("x", [[1, np.inf, 3]])


def test_it_comes_back_from_a_file_as_it_was():
    for rule in (RULE, Columns.trivial(2)):
        assert Columns.from_json(json.loads(json.dumps(rule.as_json(), allow_nan=False))) == rule


def test_the_lines_on_the_page_make_the_same_numbers():
    page = (Path(__file__).resolve().parents[3] / "docs/tables.md").read_text(encoding="utf-8")
    (block,) = [code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "def encode(" in code]
    names = {}
    exec(block, names)
    rows = {
        "age": ["30", "", "-1.5e3", "NA", " 7 "],
        "sex": ["m", "f", "", "x", "m "],
        "city": ["Rome", "NA", "Oslo", "Bonn", "Mars"],
        "seen": ["1970-01-02", "2026-11-28T10:30", "", "1969-12-31", "2000-02-29 23:59:59.5"],
    }
    with pytest.warns(UserWarning, match="2 cell"):
        want = RULE.rows("x", rows)
    plain = json.loads(json.dumps(RULE.as_json()))
    got = [names["encode"](plain, dict(zip(rows, cells, strict=True))) for cells in zip(*rows.values(), strict=True)]
    np.testing.assert_array_equal(np.stack(got), want)
    bare = json.loads(json.dumps(Columns.trivial(2).as_json()))
    np.testing.assert_array_equal(names["encode"](bare, ["1", 2.5]), Columns.trivial(2).rows("x", [["1", 2.5]])[0])


def changed(path, value):
    plain = json.loads(json.dumps(RULE.as_json()))
    part = plain
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return plain


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        changed(["format"], 2),
        changed(["more"], 1),
        changed(["inputs"], []),
        changed(["inputs"], 3),
        changed(["inputs", 0], None),
        changed(["inputs", 0, "column"], 5),
        changed(["inputs", 0, "column"], -1),
        changed(["inputs", 0, "column"], True),
        changed(["inputs", 0, "way"], "level"),
        changed(["inputs", 0, "way"], []),
        changed(["inputs", 2, "way"], "value"),
        changed(["inputs", 2, "level"], "x"),
        changed(["inputs", 0, "level"], "x"),
        changed(["inputs", 0, "scale"], 0.0),
        changed(["inputs", 0, "origin"], 1),
        changed(["inputs", 0, "origin"], float("nan")),
        changed(["inputs", 0, "more"], 1),
        changed(["columns", 0, "name"], 3),
        changed(["columns", 0, "name"], None),
        changed(["columns", 0, "name"], "sex"),
        changed(["columns", 0, "kind"], "colour"),
        changed(["columns", 1, "levels"], "fm"),
        changed(["columns", 1, "levels"], [1]),
    ],
)
def test_damage_is_one_line(plain):
    with pytest.raises(ValueError, match="the rule of its columns is damaged") as raised:
        Columns.from_json(copy.deepcopy(plain))
    assert len(str(raised.value)) < 200
