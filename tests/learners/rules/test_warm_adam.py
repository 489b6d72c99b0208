"""Adam without momentum: it goes on where second moments were left, as Keras' does on each task after very many steps."""

import keras
import numpy as np
import tensorflow as tf

from zoo.learners.rules.warm_adam import WarmAdam

GENERATOR = np.random.default_rng(0)
SHAPES = {"kernel": (3, 2), "bias": (2,)}
TASKS, RATE = 3, 0.1


def drawn(scale=1.0):
    return {name: tf.constant(scale * GENERATOR.normal(size=(TASKS, *shape)), tf.float32) for name, shape in SHAPES.items()}


def test_every_step_is_that_of_keras_after_very_many():
    start, gradients = drawn(), [drawn(10.0**power) for power in (0, -3, 2, -2, 0)]
    moments = {name: tf.square(value[0]) for name, value in drawn().items()}
    rule, weights = WarmAdam(RATE, moments), start
    state = rule.start(weights)
    for gradient in gradients:
        weights, state = rule.step(gradient, state, weights)
    for task in range(TASKS):
        variables = {name: keras.Variable(value[task]) for name, value in start.items()}
        optimizer = keras.optimizers.Adam(RATE, beta_1=0.0, epsilon=1e-8)
        optimizer.build(list(variables.values()))
        optimizer.iterations.assign(100_000)
        for kept, moment in zip(optimizer._velocities, moments.values(), strict=True):
            kept.assign(moment)
        for gradient in gradients:
            optimizer.apply([gradient[name][task] for name in SHAPES], list(variables.values()))
        for name, variable in variables.items():
            np.testing.assert_allclose(weights[name][task], variable.numpy(), rtol=1e-4, atol=1e-5)


def test_one_column_of_moments_stands_for_those_of_all_classes():
    weights = {"kernel": tf.zeros([2, 3, 4])}
    column = tf.constant([[1.0], [4.0], [0.0]])
    state = WarmAdam(RATE, {"kernel": column}).start(weights)
    np.testing.assert_array_equal(state["second_kernel"], tf.tile(column[None], [2, 1, 4]))


def test_a_weight_may_have_a_rate_of_its_own():
    weights = {"kernel": tf.zeros([1, 2]), "bias": tf.zeros([1, 2])}
    rule = WarmAdam(RATE, {name: tf.ones([2]) for name in weights}, {"bias": 1.0})
    after, _ = rule.step({name: tf.ones([1, 2]) for name in weights}, rule.start(weights), weights)
    np.testing.assert_allclose(after["kernel"], [[-0.1, -0.1]], rtol=1e-6)
    np.testing.assert_allclose(after["bias"], [[-1.0, -1.0]], rtol=1e-6)
