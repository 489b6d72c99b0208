"""Leaving out each example in turn is learning without it, in batches, for any learner."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.learners import parts
from zoo.models.tabular import tiny

G = np.random.default_rng(0)
X = G.normal(size=[20, 3]).astype(np.float32)
NUMBERS = 4.0 * X[:, 0] + X[:, 1]
NAMES = np.where(NUMBERS > 0, "high", "low")


@pytest.fixture(scope="module")
def learners():
    keras.utils.set_random_seed(0)
    return tiny()


def test_it_is_learning_without_each_row(learners, monkeypatch):
    monkeypatch.setattr(parts, "EXAMPLES", 7 * X.nbytes)  # so that there are several batches
    found = learners["numbers"].leave_each_out(X, NUMBERS)
    whole = learners["numbers"].learn(X, NUMBERS).predict(X)
    for row in (0, 7, 19):
        rest = np.delete(np.arange(20), row)
        one = learners["numbers"].learn(X[rest], NUMBERS[rest])
        np.testing.assert_allclose(found.predicted[row], one.predict(X[row : row + 1])[0], rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(found.loss[row], (found.predicted[row] - NUMBERS[row]) ** 2, rtol=1e-4, atol=1e-5)
        apart = np.sqrt(np.mean((one.predict(X) - whole) ** 2))
        np.testing.assert_allclose(found.influence[row], apart, rtol=1e-2, atol=1e-3)
    assert found.predicted.shape == (20,)


def test_of_classes_it_is_the_log_loss_and_a_row_of_a_wrong_class_counts_most(learners):
    names = NAMES.copy()
    wrong = int(NUMBERS.argmax())
    names[wrong] = "low"
    found = learners["classes"].leave_each_out(X, names, at=X[:5])
    assert found.predicted[wrong] == "high"
    assert int(found.loss.argmax()) == int(found.influence.argmax()) == wrong
    assert np.isfinite(found.loss).all()


def test_the_only_row_of_a_class_has_a_finite_loss(learners):
    found = learners["classes"].leave_each_out(X[:5], ["a", "b", "b", "b", "b"])
    assert found.predicted[0] == "b"
    assert 10.0 < found.loss[0] < 20.0


def test_any_learner_and_no_single_row(tiny, learners):
    found = tiny.leave_each_out([0.0, 1.0, 2.0], [1.0, 0.0, -1.0])
    np.testing.assert_allclose(found.predicted[0], tiny.learn([1.0, 2.0], [0.0, -1.0]).predict([0.0])[0], rtol=1e-4, atol=1e-4)
    with pytest.raises(ZooError, match="x has 1 row, so nothing is left once it is left out"):
        learners["numbers"].leave_each_out(X[:1], NUMBERS[:1])


def test_a_task_of_a_table_says_where_influence_is(learners):
    with pytest.raises(ZooError, match=r"holds none of its rows, .* give them to learner.leave_each_out\(x, y\)"):
        _ = learners["numbers"].learn(X, NUMBERS).influence
