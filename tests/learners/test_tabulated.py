"""Learners of any table: from a data frame to a task that answers data frames, by one rule from `learn` to every query."""

import numpy as np
import pandas as pd
import pytest
from table_means import TableMeans, TableMeansConfig

from zoo import ZooError
from zoo.datasets.tables.columns import Columns
from zoo.learners import tabulated

GENERATOR = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "age": [20, 30, None, 70, 80, 75],
        "city": ["Bonn", "Rome", "Bonn", "Oslo", "Oslo", None],
        "smokes": [False, False, True, True, True, False],
    }
)
STATE = ["well", "well", "well", "ill", "ill", "ill"]


@pytest.fixture(scope="module")
def means():
    return TableMeans(name="means")


@pytest.fixture(scope="module")
def lines():
    return TableMeans(TableMeansConfig(numbers=True), name="lines")


@pytest.fixture(scope="module")
def task(means):
    return means.learn(FRAME, STATE)


def test_a_data_frame_is_learned_and_answered(task):
    assert task.columns.titles == ("age", "age is missing", "city = Bonn", "city = Oslo", "city = Rome", "smokes = True")
    assert task.predict(FRAME).tolist() == STATE
    assert (task.classes, task.size) == (("ill", "well"), 6)
    shuffled = FRAME[["smokes", "city", "age"]].assign(more=1)
    np.testing.assert_array_equal(task.predict_proba(shuffled), task.predict_proba(FRAME))
    with pytest.raises(ZooError, match="x lacks column 'age'"):
        task.predict(FRAME[["city", "smokes"]])
    with pytest.warns(UserWarning, match="1 cell.s. of a level .* 'Paris' in column 'city'") as caught:
        task.predict({"age": [30], "city": ["Paris"], "smokes": [False]})
    assert caught[0].filename == __file__


def test_numbers_are_predicted_as_they_were_given(lines):
    x = GENERATOR.normal(size=[40, 3])
    learned = lines.learn(x, 2 * x[:, 0])
    assert learned.columns == Columns.trivial(3)
    assert learned.predict(x).shape == (40,)
    assert np.corrcoef(learned.predict(x), x[:, 0])[0, 1] > 0.8
    assert lines.learn(x, 2 * x[:, :1]).predict(x.tolist()).shape == (40, 1)


def test_plain_numbers_reach_the_learner_as_they_are(means):
    x, y = GENERATOR.normal(size=[8, 4]).astype(np.float32), [0, 1] * 4
    learned, given = means.learn(x, y), means.labels.given(y)
    want = means.graphs.adapt(x[None], means.labels.encode(y, given)[None], np.array([8], np.int32))
    for name, value in learned.learned.items():
        np.testing.assert_array_equal(value, want[name])
    np.testing.assert_array_equal(learned.answers(x), means.graphs.apply(want, x[None])[0])


def test_codes_are_categories_where_a_user_says_so(means, tiny):
    x = {"ward": [1, 2, 3, 1, 2, 3], "age": FRAME["smokes"] * 1.0}
    assert means.learn(x, STATE, categorical=["ward"]).columns.titles[:3] == ("ward = 1", "ward = 2", "ward = 3")
    with pytest.raises(ZooError, match=r"categorical is \['x'\], but an example of tiny is \[1\] and no row of a table; leave"):
        tiny.learn([1.0], [1.0], categorical=["x"])


def test_of_too_many_rows_some_are_drawn_and_too_many_classes_are_refused(means, lines):
    x, y = GENERATOR.normal(size=[1200, 2]), np.array(["a"] * 900 + ["b"] * 298 + ["c"] * 2)
    with pytest.warns(UserWarning, match="x has 1,200 rows, and means learns from at most 500: so many are .* class in prop"):
        some = means.learn(x, y)
    with pytest.warns(UserWarning):
        again = means.learn(x, y)
    assert (some.size, some.classes) == (500, ("a", "b", "c"))
    np.testing.assert_array_equal(some.learned["slope"], again.learned["slope"])
    with pytest.warns(UserWarning, match="drawn, the same each time; choose rows yourself"):
        assert lines.learn(x, 2 * x[:, 0]).size == 500
    with pytest.raises(ZooError, match="y holds 11 classes, but means tells 10 apart; join the rarest, or learn"):
        means.learn(x[:22], list(range(11)) * 2)


def test_rows_are_drawn_in_proportion(means):
    x, y = np.arange(1000.0), ["a"] * 700 + ["b"] * 297 + ["c"] * 3
    with pytest.warns(UserWarning):
        table, drawn, _ = tabulated.columns(means, x[:, None], y, None)
    assert [y[int(row)] for row in table.columns[0]] == drawn.tolist()
    counts = {name: list(drawn).count(name) for name in "abc"}
    assert sum(counts.values()) == table.rows == 500
    assert abs(counts["a"] - 350) <= 1
    assert counts["c"] in (1, 2)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([[1.0, 2.0]] * 4, ["a", "b", "a", "b"]),  # rows that are all the same
        ([[1.0, 2.0], [2.0, 1.0]], ["a", "a"]),  # one class
        (GENERATOR.normal(size=[10, 30]), ["a", "b"] * 5),  # more columns than rows
        ([[1e30, 0.0], [3e30, 1.0], [2e38, 0.5]], ["a", "b", "a"]),  # huge numbers
        ([[1.0, np.nan], [2.0, np.nan]], ["a", "b"]),  # a column without values
        ([[np.nan, 1.0], [2.0, np.nan]], ["a", "b"]),
        ([["2026-01-01", 1], ["2026-05-01", 2]], ["a", "b"]),  # dates
        ([[1.0, 2.0], [2.0, 1.0]] * 5, ["a", "b"] * 5),  # rows that occur again and again
        ([[5.0]], ["a"]),  # one row
    ],
)
@pytest.mark.filterwarnings("ignore:x holds the same", "ignore:no column of x")
def test_odd_tables_are_answered_with_finite_numbers(means, x, y):
    proba = means.learn(x, y).predict_proba(x)
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)


def test_rows_and_labels_must_be_as_many(means):
    with pytest.raises(ZooError, match="x has 6 rows and y has 5"):
        means.learn(FRAME, STATE[:5])
    with pytest.raises(ZooError, match=r"y is missing .* in row 1"):
        means.learn(FRAME, ["ill", None, *STATE[2:]])


def test_episodes_are_numbers_already(means):
    class Drawn:
        support_x = GENERATOR.normal(size=[1, 4, 2]) * [[[1.0, 0.0]]]  # a column of padding is no constant to be warned of
        support_y = np.eye(2, dtype=np.float32)[[[0, 1, 0, 1]]]
        support_size = np.array([3])

    (learned,) = means.task_models(Drawn)
    assert (learned.columns, learned.size) == (Columns.trivial(2), 3)
