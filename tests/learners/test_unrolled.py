"""Segments and runs of a learned optimizer: the same steps, and the derivative that the paper takes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids, Quadratics
from zoo.layers import CoordinatewiseLSTM
from zoo.learners.unrolled import Unrolled, segment
from zoo.utils.errors import ZooError

BENCHMARK = Quadratics(dimension=4)
OPTIMIZEE = BENCHMARK.optimizees[0]


@pytest.fixture
def layer():
    keras.utils.set_random_seed(0)
    made = CoordinatewiseLSTM(units=3, layers=1)
    made.build()
    return made


def problems(runs=3):
    drawn = BENCHMARK.draw(runs, 1)
    return drawn, {"w": tf.constant(drawn.w), "y": tf.constant(drawn.y)}, tf.constant(drawn.start)


def by_hand(layer, instances, weights, steps):
    memory, found = layer.start(weights), []
    for _ in range(steps):
        _, gradient = OPTIMIZEE.slope(tf.stop_gradient(weights), instances, 0)
        found.append(OPTIMIZEE.loss(weights, instances, 0))
        update, memory = layer(tf.stop_gradient(gradient), memory)
        weights = weights + update
    return tf.stack([*found, OPTIMIZEE.loss(weights, instances, 0)], axis=1), weights, memory


def test_a_segment_is_its_steps_and_its_derivative_that_of_the_losses_themselves(layer):
    _, instances, start = problems()
    found = []
    for run in (
        lambda: segment(layer, OPTIMIZEE, instances, start, layer.start(start), 4),
        lambda: by_hand(layer, instances, start, 4),
    ):
        with tf.GradientTape() as tape:
            losses, weights, memory = run()
            total = tf.reduce_mean(losses)
        found.append((losses, weights, memory, *tape.gradient(total, layer.trainable_variables)))
    for got, want in zip(*found, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)


def test_two_segments_are_one_of_both(layer):
    _, instances, start = problems()
    first, weights, memory = segment(layer, OPTIMIZEE, instances, start, layer.start(start), 2)
    second, *after = segment(layer, OPTIMIZEE, instances, weights, memory, 3)
    whole, *want = segment(layer, OPTIMIZEE, instances, start, layer.start(start), 5)
    np.testing.assert_allclose(tf.concat([first[:, :2], second], axis=1), whole, rtol=1e-5)
    for got, expected in zip(after, want, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_the_losses_of_a_run_are_those_of_one_long_segment(layer):
    drawn, instances, start = problems()
    got = Unrolled(layer).on(BENCHMARK).answers(drawn.inputs)
    want, *_ = segment(layer, OPTIMIZEE, instances, start, layer.start(start), BENCHMARK.steps)
    assert got.shape == (3, 101)
    np.testing.assert_allclose(got[:, :30], want[:, :30], rtol=1e-3)  # further on a rounding is as large as a loss


def test_a_benchmark_of_something_else_is_refused(layer):
    with pytest.raises(ZooError, match="FreshSinusoids has no optimizees"):
        Unrolled(layer).on(FreshSinusoids())
