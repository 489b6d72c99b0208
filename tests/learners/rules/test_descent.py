"""Descent by hand: one rate, a rate for each weight, clipped by the norm of each task's whole gradient."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.rules.descent import Descent, clipped

WEIGHTS = {"kernel": tf.ones([2, 1, 2]), "bias": tf.zeros([2, 1])}
GRADIENT = {"kernel": tf.constant([[[3.0, 0.0]], [[0.3, 0.0]]]), "bias": tf.constant([[4.0], [0.4]])}  # norms 5 and 0.5


def test_one_rate_for_all_weights_and_no_state():
    rule = Descent(0.1)
    assert rule.start(WEIGHTS) == {}
    after, state = rule.step(GRADIENT, {}, WEIGHTS)
    assert state == {}
    np.testing.assert_allclose(after["kernel"], [[[0.7, 1.0]], [[0.97, 1.0]]])
    np.testing.assert_allclose(after["bias"], [[-0.4], [-0.04]], rtol=1e-6)


def test_learned_rates_take_the_place_of_the_one():
    rates = {"kernel": tf.Variable([[1.0, 5.0]])}
    after, _ = Descent(0.1, rates).step(GRADIENT, {}, WEIGHTS)
    np.testing.assert_allclose(after["kernel"], [[[-2.0, 1.0]], [[0.7, 1.0]]], rtol=1e-6)
    np.testing.assert_allclose(after["bias"], [[-0.4], [-0.04]], rtol=1e-6)


def test_only_a_gradient_longer_than_the_limit_is_shortened():
    found = clipped(GRADIENT, 1.0)
    np.testing.assert_allclose(found["kernel"], [[[0.6, 0.0]], [[0.3, 0.0]]], rtol=1e-6)
    np.testing.assert_allclose(found["bias"], [[0.8], [0.4]], rtol=1e-6)
    assert clipped(GRADIENT, float("inf")) is GRADIENT
    after, _ = Descent(1.0, clip=1.0).step(GRADIENT, {}, WEIGHTS)
    np.testing.assert_allclose(after["bias"], [[-0.8], [-0.4]], rtol=1e-6)


@pytest.mark.parametrize("first_order", [True, False])
def test_a_gradient_is_a_constant_where_only_first_order_is_asked_for(first_order):
    weight = tf.constant([[[2.0]]])
    with tf.GradientTape() as tape:
        tape.watch(weight)
        slope = weight**2  # of a third of the cube
        after, _ = Descent(0.1, first_order=first_order).step({"kernel": slope}, {}, {"kernel": weight})
    assert float(tape.gradient(after["kernel"], weight)[0, 0, 0]) == pytest.approx(1.0 if first_order else 1.0 - 0.1 * 4)
