"""A linear classifier of features that leaves its encoder as it is."""

import keras
import numpy as np
import pytest

from zoo.models.linear_head import LinearHead, LinearHeadConfig

X = np.random.default_rng(0).uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return LinearHead(LinearHeadConfig(size=8, filters=(4, 6), shrink=("pool", "pool"), unit=True, penalty=1.0, steps=50))


def test_logits_are_linear_in_the_features_of_an_encoder_that_stays_as_it_is(learner):
    before = learner.get_weights()
    task = learner.learn(X, Y)
    rows = learner.features(X).numpy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(task.logits(X), rows @ task.learned["kernel"][0] + task.learned["bias"][0], rtol=1e-4, atol=1e-5)
    for weight, same in zip(learner.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)


def test_adapt_is_worth_its_steps(learner):
    again = learner.learn(X, Y, gradient_steps=learner.adapt_steps)
    assert learner.adapt_steps == 50
    np.testing.assert_allclose(again.logits(X), learner.learn(X, Y).logits(X), rtol=1e-3, atol=1e-4)


def test_grows_as_if_it_had_learned_all_at_once(learner):
    grown, whole = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7]), learner.learn(X, [0, 1, 2, 0, 1, 7])
    np.testing.assert_allclose(grown.logits(X), whole.logits(X), rtol=1e-3, atol=1e-4)
