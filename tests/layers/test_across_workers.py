"""Means over workers: the value itself for one; for several that of all of them, and gradients that add up to the whole's."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import FusedBatchNormalization, across_workers


@pytest.fixture
def together():
    """Run a function of a worker's number as each of two workers, in threads that meet."""
    values, barrier = [None, None], threading.Barrier(2, timeout=60)

    def mean(value, who):
        values[who] = value
        barrier.wait()
        found = (values[0] + values[1]) / 2.0
        barrier.wait()
        return found

    def worker(what, who):
        with across_workers.workers(lambda value: mean(value, who)):
            return what(who)

    def run(what):
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda who: worker(what, who), range(2), timeout=120))

    return run


def test_one_worker_has_the_whole():
    rows = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    assert not across_workers.several()
    assert across_workers.mean(rows) is rows
    np.testing.assert_array_equal(across_workers.row_mean(rows, [0]), [2.0, 4.0])


def test_rows_count_alike_whoever_has_them(together):
    parts = tf.constant([[1.0, 2.0]]), tf.constant([[3.0, 6.0], [5.0, 1.0], [0.0, 0.0]])
    for found in together(lambda who: across_workers.row_mean(parts[who], [0])):
        np.testing.assert_allclose(found, [9 / 4, 9 / 4], rtol=1e-6)
    assert not across_workers.several()


def test_gradients_of_workers_have_the_mean_that_the_whole_has(together):
    """Of the mean over rows of (rows - their mean)^2 · w^2, a function of all rows."""
    x, w = tf.constant([1.0, 4.0, 2.0, 9.0]), tf.constant(3.0)

    def gradient(rows):
        with tf.GradientTape() as tape:
            tape.watch(w)
            loss = tf.reduce_mean(tf.square(w * rows - across_workers.row_mean(w * rows, [0])))
        return tape.gradient(loss, w).numpy()

    parts = together(lambda who: gradient(x[2 * who : 2 * who + 2]))
    np.testing.assert_allclose(np.mean(parts), gradient(x), rtol=1e-5)


def test_batch_normalisation_is_that_of_the_whole_batch(together):
    generator = np.random.default_rng(0)
    x = tf.constant(generator.normal(2, 3, [5, 4, 4, 3]), tf.float32)
    layers = [FusedBatchNormalization() for _ in range(3)]
    want = layers[0](x, training=True)
    for layer in layers[1:]:
        layer.build(x.shape)
    parts = together(lambda who: layers[1 + who](x[:2] if who == 0 else x[2:], training=True))
    np.testing.assert_allclose(tf.concat(parts, 0), want, atol=1e-5)
    for layer in layers[1:]:
        np.testing.assert_allclose(layer.moving_mean, layers[0].moving_mean, rtol=1e-5)
        np.testing.assert_allclose(layer.moving_variance, layers[0].moving_variance, rtol=1e-5)
