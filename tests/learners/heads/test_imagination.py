"""Real and imagined rows: who stands where, and how much each counts."""

import numpy as np
import tensorflow as tf

from zoo.layers import Hallucinator
from zoo.learners.heads.imagination import Imagination

X = np.abs(np.random.default_rng(0).normal(size=(1, 4, 3))).astype(np.float32)
LABEL = np.eye(3, dtype=np.float32)[[0, 0, 1, 0]][None] * np.array([1, 1, 1, 0], np.float32)[None, :, None]


def imagination(draws=2, imagined=4):
    generate = Hallucinator(draws)
    generate.build((None, None, 3))
    return Imagination(lambda rows: 2.0 * rows, generate, imagined)


def test_every_example_comes_before_those_that_it_imagines():
    one = imagination()
    seen = one.seen(tf.constant(X))
    assert one.rows == 3
    np.testing.assert_allclose(seen[:, :, 0], 2.0 * X)
    np.testing.assert_allclose(seen[:, :, 1:], 2.0 * one.generate(X))


def test_imagined_ones_count_for_so_many_of_each_class_whatever_the_number_of_real_ones():
    weights = imagination().weights(tf.constant(LABEL)).numpy()
    np.testing.assert_array_equal(weights[:, :, 0], LABEL)
    np.testing.assert_allclose(weights[:, :, 1:].sum(axis=(1, 2)), [[4.0, 4.0, 0.0]])
    np.testing.assert_allclose(weights[0, 0, 1:, 0], 1.0)  # two examples with two draws each share four
    np.testing.assert_allclose(weights[0, 2, 1:, 1], 2.0)
    assert not weights[0, 3].any()  # it has no label


def test_without_a_generator_nothing_is_imagined():
    plain = Imagination(tf.identity, None, 0)
    np.testing.assert_array_equal(plain.seen(tf.constant(X)), X[:, :, None])
    np.testing.assert_array_equal(plain.weights(tf.constant(LABEL)), LABEL[:, :, None])
