"""Losses of a run: each is that of the weights then, and a gradient is TensorFlow's."""

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees.hand_written import SGD
from zoo.datasets.optimizees.optimizee import losses
from zoo.datasets.optimizees.quadratics import Quadratic

GENERATOR = np.random.default_rng(0)
W, Y = (GENERATOR.normal(size=size).astype(np.float32) for size in ((2, 3, 3), (2, 3)))
START = GENERATOR.normal(size=[2, 3]).astype(np.float32)


def test_the_loss_before_each_step_and_after_the_last_one():
    rate = 0.01
    got = losses(Quadratic(3), {"w": tf.constant(W), "y": tf.constant(Y)}, tf.constant(START), SGD(rate), 4)
    weights = START.copy()
    for step in range(5):
        apart = np.einsum("bij,bj->bi", W, weights) - Y
        np.testing.assert_allclose(got[:, step], np.square(apart).sum(axis=1), rtol=1e-4)
        weights -= rate * 2.0 * np.einsum("bij,bi->bj", W, apart)


def test_the_slope_is_of_each_instance():
    loss, gradient = Quadratic(3).slope(tf.constant(START), {"w": tf.constant(W), "y": tf.constant(Y)}, 0)
    apart = np.einsum("bij,bj->bi", W, START) - Y
    np.testing.assert_allclose(loss, np.square(apart).sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(gradient, 2.0 * np.einsum("bij,bi->bj", W, apart), rtol=1e-4, atol=1e-4)
