"""The rule of columns as it is made: levels, gaps, ids, constants, too many columns, a label among them."""

import json
import warnings
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import ZooError
from zoo.datasets.tables import rule
from zoo.datasets.tables.columns import Columns, Input
from zoo.datasets.tables.given_table import opened

GENERATOR = np.random.default_rng(0)


def made(x, labels=None, categorical=None, y=None):
    table = opened("x", x)
    labels = np.arange(table.rows, dtype=np.float32)[:, None] if labels is None else labels
    return rule.make(table, labels, categorical, y)


def read(x, **more):
    return made(x, **more).rows("x", x)


def test_plain_numbers_are_read_as_they_are():
    x = GENERATOR.normal(size=[20, 4])
    assert made(x) == made(x.astype(np.float32)) == made(x.tolist()) == Columns.trivial(4)
    assert made(pd.DataFrame(x, columns=list("abcd"))).inputs == Columns.trivial(4).inputs
    assert made(np.arange(6).reshape(3, 2)) == made([[1.0, 2.0]]) == Columns.trivial(2)


def test_two_levels_without_a_gap_are_one_column_and_more_or_a_gap_one_each():
    x = {"sex": ["m", "f", "m", "f"], "ill": [True, False, None, True], "city": ["b", "a", "b", "c"]}
    assert made(x).titles == ("sex = m", "ill = True", "ill = False", "city = b", "city = a", "city = c")
    np.testing.assert_array_equal(read(x)[2], [1, 0, 0, 1, 0, 0])


def test_the_ten_commonest_levels_have_a_column():
    cities = [f"c{number:02d}" for number in range(14) for _ in range(2 + number % 3)]
    found = made({"city": cities, "n": range(len(cities))})
    levels = [each.level for each in found.inputs if each.way == "level"]
    assert levels == [f"c{number:02d}" for number in (2, 5, 8, 11, 1, 4, 7, 10, 13, 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not found.rows("x", {"city": ["c03"], "n": [1]})[0, :10].any()  # a rare level is no new one


def test_codes_are_levels_where_a_user_says_so():
    x = {"ward": [1, 2, 3, 1], "age": [30, 40, 50, 60]}
    assert made(x, categorical=["ward"]).titles == ("ward = 1", "ward = 2", "ward = 3", "age")
    assert made(np.stack(list(x.values()), 1), categorical=[0]).titles[:2] == ("column 0 = 1", "column 0 = 2")
    assert made(x, categorical=["ward"]).rows("x", {"ward": ["2"], "age": [1]}).tolist() == [[0, 1, 0, 1]]
    assert made({"c": pd.Categorical([1, 2, 1])}).titles == ("c = 2",)
    for wrong, message in ((["war"], "categorical names 'war', but x has 'ward', 'age'"), ("ward", "give a list")):
        with pytest.raises(ZooError, match=message):
            made(x, categorical=wrong)
    with pytest.raises(ZooError, match="categorical names 2, but x has columns 0 to 1"):
        made([[1, 2]], categorical=[2])


def test_texts_that_are_all_different_are_ids():
    x = {"id": ["p1", "p2", "p3"], "name": ["Ann", "Bob", "Eve"], "age": [1, 2, 3]}
    with pytest.raises(ZooError, match="all different in column 'id', column 'name', as ids and names are; leave such columns"):
        made(x)
    assert made(x, categorical=["id", "name"]).width == 7
    assert made({"c": pd.Categorical(["a", "b", "c"])}).width == 3
    assert made({"c": ["a", "b"]}).width == 1  # of two rows all texts differ


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "id", "rownames"])
def test_numbers_of_the_rows_are_left_out_with_a_word(name):
    for first in (0, 1):
        x = {name: np.arange(4) + first, "age": [4, 2, 3, 1]}
        with pytest.warns(UserWarning, match=f"column '{name}' of x numbers the rows; left out") as caught:
            found = made(x)
        assert (len(caught), found.titles) == (1, ("age",))
        assert found.rows("x", {"age": [5]}).tolist() == [[5]]
    assert made({name: [3, 1, 2, 4], "age": [4, 2, 3, 1]}).width == 2  # in another order they may be something else
    assert made({"age": [1, 2, 3], "size": [3, 1, 2]}).width == 2


def test_gaps_have_a_column_from_two_percent_on():
    x = np.arange(200.0).reshape(100, 2)
    x[:2, 0] = np.nan
    assert made(x).titles == ("column 0", "column 1")
    x[2, 0] = np.nan
    assert made(x).titles == ("column 0", "column 0 is missing", "column 1")
    np.testing.assert_array_equal(made(x).rows("x", x)[:4, 1], [1, 1, 1, 0])


def test_what_tells_nothing_is_left_out_with_a_word():
    x = {"same": [3.0, 3.0, 3.0], "none": [None, "", "NA"], "one": ["a", "a", "a"], "age": [1, 2, 3]}
    with pytest.warns(UserWarning, match="the same in all rows, or nothing, in column 'same', column 'none', column 'one'; left"):
        found = made(x)
    assert found.titles == ("age",)
    assert found.rows("x", {"age": [4]}).tolist() == [[4]]
    only_gaps = {"a": [5, None, 5, None], "age": [1, 2, 3, 4]}  # where it is missing tells something, its value nothing
    assert made(only_gaps).titles == ("a is missing", "age")


def test_rows_that_are_all_the_same_are_kept_with_a_word():
    with pytest.warns(UserWarning, match="no column of x differs between its rows"):
        assert made([[1.0, 2.0]] * 3).width == 2
    assert made({"a": [1.0], "b": ["x"]}).titles == ("a", "b = x")  # of one row nothing is to be said
    with pytest.raises(ZooError, match="x holds no value in any column"):
        made({"a": [None, None]})


def test_dates_are_days_or_seconds_since_the_first():
    days = made({"d": np.array(["2026-01-03", "2026-01-01", "NaT"], "M8[D]")})
    assert days.inputs[0] == Input(0, "value", "", datetime(2026, 1, 1).timestamp() // 86400 * 86400, 86400.0)
    np.testing.assert_array_equal(days.rows("x", {"d": ["2026-01-11", "2025-12-31"]})[:, 0], [10, -1])
    seconds = read({"d": ["2026-01-01T10:00:05", "2026-01-01T10:00:00"]})
    np.testing.assert_array_equal(seconds, [[5], [0]])


@pytest.mark.parametrize("scale", [1e300, 1e39, 1e20, 1e-20, 1e-300])
@pytest.mark.parametrize("named", [False, True])
def test_numbers_that_float32_holds_badly_are_standardised(scale, named):
    x = np.array([[1.0], [2.0], [3.0], [6.0]]) * scale
    found = read({"x": x[:, 0]} if named else x)[:, 0]
    np.testing.assert_allclose(found, (x[:, 0] / scale - 3) / 3.5**0.5, rtol=1e-5, atol=1e-6)


def test_numbers_far_from_zero_keep_their_differences():
    x = 1.7e9 + np.arange(5.0)[:, None]
    assert np.unique(read(x)).size == 5
    years = np.arange(2000.0, 2020)[:, None]
    assert made(years) == Columns.trivial(1)


def test_of_too_many_columns_those_that_go_with_the_label_are_kept():
    x = GENERATOR.normal(size=[30, 120])
    labels = (x[:, 7] > 0)[:, None].astype(np.float32)
    with pytest.warns(UserWarning, match="x has 120 columns once .* the 96 that go most with the labels are kept"):
        found = made(x, labels)
    assert found.width == 96
    kept = [each.column for each in found.inputs]
    assert kept == sorted(kept)
    strength = np.abs(np.corrcoef(x.T, labels[:, 0])[-1, :-1])
    assert set(kept) == set(np.argsort(-strength)[:96])
    x[3] = np.nan
    with pytest.warns(UserWarning, match="x has 240 columns"):
        assert made(x, labels).width == 96


def test_the_label_among_the_columns_is_refused_by_its_name_and_warned_of_elsewhere():
    y = pd.Series(["ill", "well"] * 6, name="state")
    frame = pd.DataFrame({"age": range(12), "state": y})
    with pytest.raises(ZooError, match="x holds the label itself in column 'state'; leave it out of x"):
        made(frame, y=y)
    with pytest.warns(UserWarning, match="column 'state' of x equals the labels in all 12 rows; leave it out"):
        assert made(frame, y=y.to_list()).width == 2
    numbers = np.stack([np.arange(12.0), np.arange(12.0) ** 2], 1)
    with pytest.warns(UserWarning, match="column 1 of x equals the labels"):
        assert made(numbers, y=numbers[:, 1]) == Columns.trivial(2)
    made(frame[:8], y=y[:8].to_list())  # of so few rows it may be chance


def test_names_and_levels_that_no_file_can_hold_are_refused():
    for x in ({"\ud800": [1, 2]}, {"a": ["\ud800", "b"]}):
        with pytest.raises(ZooError, match=r"'\\ud800', which cannot be written in UTF-8"):
            made(x)


NUMBERS = st.floats(width=64) | st.integers(-(10**30), 10**30) | st.none() | st.sampled_from(["1", "2.5", "", "NA"])
TEXTS = st.sampled_from(["a", "b", " c", "", "Na", "2026-11-28", "\u00e9", "True"]) | st.text(max_size=3) | st.none()
OTHERS = st.booleans() | st.datetimes() | st.timedeltas() | st.decimals() | st.none() | st.binary(max_size=2)


@st.composite
def tables_of_strangers(draw):
    rows = draw(st.integers(1, 12))
    kinds = draw(st.lists(st.sampled_from([NUMBERS, TEXTS, OTHERS, NUMBERS | TEXTS | OTHERS]), min_size=1, max_size=4))
    return {f"c{at}": draw(st.lists(kind, min_size=rows, max_size=rows)) for at, kind in enumerate(kinds)}


@given(tables_of_strangers())
@settings(max_examples=60)
def test_any_table_is_read_or_refused_in_one_line_and_a_row_alone_reads_as_among_others(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            found = made(table)
            read_all = found.rows("x", table)
        except ZooError as error:
            assert len(str(error).splitlines()) == 1
            return
        assert not np.isinf(read_all).any()
        assert Columns.from_json(json.loads(json.dumps(found.as_json(), allow_nan=False))) == found
        for row in range(len(read_all)):
            alone = found.rows("x", {name: cells[row : row + 1] for name, cells in table.items()})
            np.testing.assert_array_equal(alone, read_all[row : row + 1])
