"""The learner of tables: orders, gaps, padding and odd tables change nothing that they should not, and it learns."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.models.tabular import Tabular, TabularConfig, tiny

G = np.random.default_rng(0)
X = G.normal(size=[30, 4]).astype(np.float32)
NAMES = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
NUMBERS = 100.0 + 20.0 * X[:, 0] - 5.0 * X[:, 2]


@pytest.fixture(scope="module", params=["classes", "numbers"])
def learner(request):
    keras.utils.set_random_seed(1)
    return tiny()[request.param]


def labels_of(learner):
    return NUMBERS if learner.config.regression else NAMES


def test_untrained_it_is_a_solved_layer_on_the_columns(learner):
    task = learner.learn(X, labels_of(learner))
    predicted = task.predict(X)
    if learner.config.regression:
        assert np.corrcoef(predicted, NUMBERS)[0, 1] > 0.95
    else:
        assert (predicted == NAMES).mean() > 0.9


def test_columns_in_another_order_give_the_same_answers(learner):
    order, y = [2, 0, 3, 1], labels_of(learner)
    want = learner.learn(X[:20], y[:20]).answers(X[20:])
    got = learner.learn(X[:20][:, order], y[:20]).answers(X[20:][:, order])
    np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-3 * np.abs(want).max())


def test_classes_are_treated_alike():
    learner = tiny()["classes"]
    names = np.array(["a", "b", "c"])[G.integers(0, 3, 30)]
    swapped = np.array([{"a": "c", "b": "a", "c": "b"}[name] for name in names])
    one, other = learner.learn(X, names), learner.learn(X, swapped)
    np.testing.assert_allclose(one.logits(X)[:, [1, 2, 0]], other.logits(X), rtol=1e-3, atol=1e-3)


def test_a_constant_column_and_one_that_is_all_missing_change_nothing(learner):
    y = labels_of(learner)
    wider = np.concatenate([X, np.full([30, 1], 7.0), np.full([30, 1], np.nan)], axis=1)
    want = learner.learn(X[:20], y[:20]).answers(X[20:])
    with pytest.warns(UserWarning, match="left out"):
        got = learner.learn(wider[:20], y[:20]).answers(wider[20:])
    np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-3 * np.abs(want).max())


def test_gaps_are_read_as_the_mean(learner):
    y = labels_of(learner)
    task = learner.learn(X, y)
    gap, mean = X[:1].copy(), X[:1].copy()
    gap[0, 1], mean[0, 1] = np.nan, X[:, 1].mean()
    np.testing.assert_allclose(task.answers(gap), task.answers(mean), rtol=1e-2, atol=1e-2 * np.abs(y.size))
    assert np.isfinite(learner.learn(np.where(G.random(X.shape) < 0.3, np.nan, X), y).answers(X)).all()


@pytest.mark.parametrize("scale", [1e-6, 1e12, 1e30])
def test_units_do_not_matter(learner, scale):
    y = labels_of(learner)
    want = learner.learn(X[:20], y[:20]).answers(X[20:])
    got = learner.learn(X[:20] * np.float32(scale), y[:20]).answers(X[20:] * np.float32(scale))
    np.testing.assert_allclose(got, want, rtol=1e-2, atol=1e-2 * np.abs(want).max())


@pytest.mark.parametrize(("rows", "columns"), [(2, 1), (10, 30), (30, 4)])
def test_tables_of_any_shape_are_learned(learner, rows, columns):
    x = G.normal(size=[rows, columns]).astype(np.float32)
    y = labels_of(learner)[:rows] if learner.config.regression else np.array(["a", "b"] * rows)[:rows]
    assert np.isfinite(learner.learn(x, y).answers(x)).all()


def test_one_class_only_is_the_answer():
    task = tiny()["classes"].learn(X[:5], ["a"] * 5)
    assert (task.predict(X) == "a").all()
    np.testing.assert_allclose(task.predict_proba(X), 1.0)


def test_a_step_of_training_lowers_the_loss():
    from zoo.datasets.tables.synthetic import SyntheticTables

    keras.utils.set_random_seed(0)
    learner = Tabular(TabularConfig(width=8, blocks=1, hidden=4, basis=3, knots=4))
    inputs, truth = next(iter(SyntheticTables(shapes=((20, 4),)).stream(8, seed=1)))
    learner.compile(keras.optimizers.Adam(1e-2))
    before = float(learner.train_on_batch(inputs, truth))
    for _ in range(15):
        after = float(learner.train_on_batch(inputs, truth))
    assert after < before


# What odd tables do, stated in docs/tables.md.


@pytest.fixture(scope="module")
def classes():
    keras.utils.set_random_seed(1)
    return tiny()["classes"]


def test_rows_that_occur_twice_count_twice(learner):
    y = labels_of(learner)
    doubled = learner.learn(np.repeat(X[:12], 2, axis=0), np.repeat(y[:12], 2)).answers(X)
    again = learner.learn(np.concatenate([X[:12], X[:12]]), np.concatenate([y[:12], y[:12]])).answers(X)
    np.testing.assert_allclose(doubled, again, rtol=1e-3, atol=1e-3 * np.abs(again).max())
    assert np.abs(doubled - learner.learn(X[:12], y[:12]).answers(X)).max() > 1e-3


def test_five_hundred_rows_are_all_read_and_of_more_some(learner):
    x = np.tile(X, [17, 1]) + np.arange(510)[:, None] * np.float32(1e-3)
    y = np.tile(labels_of(learner), 17)
    assert learner.learn(x[:500], y[:500]).size == 500
    with pytest.warns(UserWarning, match="x has 510 rows, and .* learns from at most 500: so many are drawn"):
        task = learner.learn(x, y)
    assert task.size == 500
    assert np.isfinite(task.answers(x)).all()


def test_more_than_96_columns_are_cut_with_a_word_and_what_tells_stays(classes):
    x = np.random.default_rng(5).normal(size=[30, 120]).astype(np.float32)
    x[:, 60] = np.where(NAMES == "yes", 3.0, -3.0) + x[:, 60]
    with pytest.warns(UserWarning, match="x has 120 columns .* the 96 that go most with the labels are kept"):
        task = classes.learn(x, NAMES)
    assert task.columns.width == 96
    assert "column 60" in task.columns.titles
    assert task.predict(x).shape == (30,)


def test_ids_are_refused_and_more_than_ten_classes_with_a_remedy(classes):
    with pytest.raises(ZooError, match="texts that are all different in column 'name', as ids and names are; leave"):
        classes.learn({"name": [f"p{row}" for row in range(30)], "x": X[:, 0]}, NAMES)
    with pytest.raises(ZooError, match=r"y holds 15 classes, but .* tells 10 apart; join the rarest, or learn one task of each"):
        classes.learn(X, np.arange(30) % 15)


def test_a_label_among_the_columns_is_warned_of_and_learned(classes):
    with pytest.warns(UserWarning, match="column 1 of x equals the labels in all 30 rows"):
        task = classes.learn(np.stack([X[:, 0], np.arange(30) % 2], axis=1), np.arange(30) % 2)
    assert (task.predict([[0.0, 0.0], [0.0, 1.0]]) == [0, 1]).all()


def test_dates_are_numbers_that_a_task_can_tell_apart(classes):
    day = np.datetime64("2026-01-01") + np.arange(30)
    task = classes.learn({"day": day.astype(str)}, np.where(np.arange(30) < 15, "early", "late"))
    assert task.predict({"day": ["2026-01-02", "2026-01-29"]}).tolist() == ["early", "late"]


def test_numbers_near_the_largest_are_learned(learner):
    y = labels_of(learner)
    task = learner.learn(X[:20].astype(np.float64) * 1e37, y[:20])
    assert np.isfinite(task.answers(X[20:].astype(np.float64) * 1e37)).all()


def test_one_class_only_is_its_answer_far_away_too(classes):
    task = classes.learn(X, ["only"] * 30)
    assert (task.predict(X * 100) == "only").all()
