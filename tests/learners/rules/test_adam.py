"""Adam on every task on its own is the Adam of Keras on each."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.rules.adam import Adam

GENERATOR = np.random.default_rng(0)
SHAPES = {"kernel": (3, 2), "bias": (2,)}
TASKS = 3


def drawn(scale=1.0):
    return {name: (scale * GENERATOR.normal(size=(TASKS, *shape))).astype(np.float32) for name, shape in SHAPES.items()}


@pytest.mark.parametrize("rate", [0.1, 1e-3])
def test_every_step_is_that_of_keras(rate):
    start, gradients = drawn(), [drawn(10.0**power) for power in (0, -3, 2, -6, 0)]
    weights, rule = {name: tf.constant(value) for name, value in start.items()}, Adam(rate)
    state = rule.start(weights)
    variables = [[keras.Variable(start[name][task]) for name in SHAPES] for task in range(TASKS)]
    optimizers = [keras.optimizers.Adam(rate, epsilon=1e-8) for _ in range(TASKS)]
    for gradient in gradients:
        weights, state = rule.step({name: tf.constant(value) for name, value in gradient.items()}, state, weights)
        for task, (own, optimizer) in enumerate(zip(variables, optimizers, strict=True)):
            optimizer.apply([gradient[name][task] for name in SHAPES], own)
            for name, variable in zip(SHAPES, own, strict=True):
                np.testing.assert_allclose(weights[name][task], variable.numpy(), rtol=1e-5, atol=1e-6 * rate)
    np.testing.assert_array_equal(state["steps"], [5.0] * TASKS)


def test_tasks_may_be_at_different_steps():
    """As where some tasks stop before others: the state of each counts its own."""
    start, gradient = ({name: tf.constant(value) for name, value in drawn().items()} for _ in range(2))
    rule = Adam(0.1)
    once = rule.step(gradient, rule.start(start), start)
    twice = rule.step(gradient, once[1], once[0])
    mixed = [{name: tf.concat([a[name][:1], b[name][1:]], axis=0) for name in a} for a, b in zip(once, twice, strict=True)]
    after, want = rule.step(gradient, mixed[1], mixed[0])[0], rule.step(gradient, twice[1], twice[0])[0]
    for name in SHAPES:
        np.testing.assert_allclose(after[name][0], twice[0][name][0], rtol=1e-6)
        np.testing.assert_allclose(after[name][1:], want[name][1:], rtol=1e-6)
