"""The learner of tables: orders, gaps, padding and odd tables change nothing that they should not, and it learns."""

import keras
import numpy as np
import pytest

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
