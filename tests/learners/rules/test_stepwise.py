"""Learned rates for each tensor and step: the paper's equation on numbers, tasks at different steps, the order of gradients."""

import numpy as np
import tensorflow as tf

from zoo.learners.rules.stepwise import Stepwise

LOGARITHMS = {"kernel": tf.math.log([0.5, 0.25]), "bias": tf.math.log([1.0, 2.0])}
WEIGHTS = {"kernel": tf.ones([2, 3, 1]), "bias": tf.ones([2, 1])}
GRADIENT = {"kernel": tf.fill([2, 3, 1], 2.0), "bias": tf.fill([2, 1], 3.0)}


def test_every_tensor_has_a_rate_for_every_step_and_the_last_one_goes_on():
    rule = Stepwise(LOGARITHMS)
    weights, state = WEIGHTS, rule.start(WEIGHTS)
    for kernel, bias in ((0.0, -2.0), (-0.5, -8.0), (-1.0, -14.0)):
        weights, state = rule.step(GRADIENT, state, weights)
        np.testing.assert_allclose(weights["kernel"], np.full((2, 3, 1), kernel), rtol=1e-6)
        np.testing.assert_allclose(weights["bias"], np.full((2, 1), bias), rtol=1e-6)


def test_every_task_is_at_a_step_of_its_own():
    after, _ = Stepwise(LOGARITHMS).step(GRADIENT, {"steps": tf.constant([0, 1])}, WEIGHTS)
    np.testing.assert_allclose(after["bias"], [[-2.0], [-5.0]], rtol=1e-6)


def test_rates_learn_in_either_order_and_gradients_pass_in_the_second_only():
    for first_order in (False, True):
        logarithms = {name: tf.Variable(each) for name, each in LOGARITHMS.items()}
        rule = Stepwise(logarithms, first_order)
        with tf.GradientTape() as tape:
            tape.watch(GRADIENT)
            after, _ = rule.step(GRADIENT, rule.start(WEIGHTS), WEIGHTS)
            total = tf.reduce_sum(after["kernel"])
        logarithm, slope = tape.gradient(total, [logarithms["kernel"], GRADIENT["kernel"]])
        np.testing.assert_allclose(logarithm, [-6.0, 0.0], rtol=1e-6)  # 0.5 of what a step of the rate itself would
        assert (slope is None) == first_order
