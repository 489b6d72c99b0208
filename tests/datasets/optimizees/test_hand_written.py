"""The hand-written optimizers step as Keras' do, and the best rate is that of the lowest score."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets.optimizees.hand_written import BY_NAME, RATES, best_rate

GENERATOR = np.random.default_rng(0)
KERAS = {
    "Adam": lambda rate: keras.optimizers.Adam(rate, epsilon=1e-8),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(rate, rho=0.99, epsilon=1e-16),
    "SGD": keras.optimizers.SGD,
    "Nesterov momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_steps_are_those_of_keras(name):
    start = GENERATOR.normal(size=[2, 3]).astype(np.float32)
    rule, weights, variable = BY_NAME[name](0.1), tf.constant(start), keras.Variable(start)
    state, optimizer = rule.start(weights), KERAS[name](0.1)
    for _ in range(5):
        gradient = tf.constant(GENERATOR.normal(size=[2, 3]), tf.float32)
        update, state = rule.step(gradient, state)
        weights += update
        optimizer.apply([gradient], [variable])
        np.testing.assert_allclose(weights, variable.numpy(), rtol=1e-4, atol=1e-6)


def test_the_best_rate_has_the_lowest_score_and_is_never_one_that_diverges():
    assert best_rate(lambda rate: abs(rate - 0.03)) == 0.03
    assert best_rate(lambda rate: np.nan if rate > 0.01 else -rate) == 0.01
    assert set(RATES) == {1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 3e-4, 1e-4, 3e-5, 1e-5}
