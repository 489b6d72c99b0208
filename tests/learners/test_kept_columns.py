"""What a task keeps of its columns: rows drawn from it look like those that it was learned from, column by column."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.datasets.tables import cells
from zoo.learners.kept_columns import GRID, KeptColumns
from zoo.models.tabular import tiny

G = np.random.default_rng(0)
AGE = np.where(G.random(200) < 0.2, np.nan, G.normal(1e6, 2.0, 200))
CITY = G.choice(["Bonn", "Oslo", "Rome"], 200, p=[0.6, 0.3, 0.1])
TABLE = {
    "age": AGE,
    "city": CITY,
    "smokes": G.random(200) < 0.25,
    "seen": np.datetime64("2026-01-01") + G.integers(0, 100, 200),
    "same": np.ones(200),
}


@pytest.fixture(scope="module")
def kept():
    keras.utils.set_random_seed(0)
    with pytest.warns(UserWarning, match="left out"):
        return KeptColumns.of(tiny()["numbers"].learn(TABLE, G.normal(size=200)))


def test_rows_that_are_drawn_look_like_those_of_the_table(kept):
    rows = kept.draw(np.random.default_rng(1), 4000)
    titles = kept.columns.titles
    assert titles == ("age", "age is missing", "city = Bonn", "city = Oslo", "city = Rome", "smokes = True", "seen")
    gone = rows[:, 1] == 1
    np.testing.assert_array_equal(np.isnan(rows[:, 0]), gone)
    assert abs(gone.mean() - np.isnan(AGE).mean()) < 0.03
    age = rows[~gone, 0] * kept.columns.inputs[0].scale + kept.columns.inputs[0].origin
    assert abs(age.mean() - np.nanmean(AGE)) < 0.3
    assert 0.6 < age.std() / np.nanstd(AGE) < 1.1
    assert set(rows[:, 2:5].sum(axis=1)) == {1.0}
    np.testing.assert_allclose(rows[:, 2:5].mean(axis=0), [(each == CITY).mean() for each in ("Bonn", "Oslo", "Rome")], atol=0.03)
    assert abs(rows[:, 5].mean() - TABLE["smokes"].mean()) < 0.03


def test_values_along_a_column(kept):
    values, grid = kept.along(0)
    assert (len(values), grid.shape) == (GRID, (GRID, 2))
    assert np.nanmin(AGE) < values[0] < np.nanmean(AGE) < values[-1] < np.nanmax(AGE)
    assert not grid[:, 1].any()
    assert kept.along(1)[0] == ["Bonn", "Oslo", "Rome"]
    np.testing.assert_array_equal(kept.along(1)[1], np.eye(3))
    assert [each.tolist() for each in kept.along(2)[1]] == [[0.0], [1.0]]
    assert kept.along(2)[0] == ["False", "True"]
    days = (np.array(kept.along(3)[0]) * 1e6).astype("datetime64[us]")
    assert TABLE["seen"].min() <= days[0] < days[-1] <= TABLE["seen"].max()
    assert (kept.columns.columns[3].kind, kept.is_number(3), kept.is_number(1)) == (cells.MOMENT, True, False)


def test_a_column_that_is_left_out_has_no_inputs(kept):
    assert kept.inputs_of(4) == []
    assert kept.names == tuple(TABLE)


def test_a_gap_among_levels_is_another_value():
    x = {"city": [None, "Rome", "Oslo", "Rome", "Oslo", "Rome"]}
    assert KeptColumns.of(tiny()["classes"].learn(x, [0, 1] * 3)).along(0)[0] == ["Rome", "Oslo", "other"]


def test_a_task_that_keeps_no_columns_says_so(names):
    from table_means import TableMeans

    with pytest.raises(ZooError, match="this task of fixed reads no table, so it has no columns"):
        KeptColumns.of(names)
    with pytest.raises(ZooError, match="means keeps no knots of its columns, which say what values they have; learn it by"):
        KeptColumns.of(TableMeans(name="means").learn([[1.0, 2.0], [2.0, 1.0]], ["a", "b"]))
