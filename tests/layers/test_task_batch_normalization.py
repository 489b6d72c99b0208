"""Batch normalisation per task: its equation, padding, and derivatives of both orders, which TensorFlow's own has wrong."""

import numpy as np
import tensorflow as tf

from zoo.layers import task_moments, task_normalization

REAL = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], bool)[..., None]


def numbers(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def test_rows_are_normalised_by_the_moments_of_their_task():
    x, offset, scale = numbers(2, 4, 3), numbers(2, 3, seed=1), numbers(2, 3, seed=2)
    got = task_normalization(x, task_moments(x, REAL), offset, scale)
    for task, rows in enumerate([4, 2]):
        mean, variance = x[task, :rows].mean(axis=0), x[task, :rows].var(axis=0)
        want = (x[task] - mean) / np.sqrt(variance + 1e-3) * scale[task] + offset[task]
        np.testing.assert_allclose(got[task], want, rtol=1e-6)


def test_the_epsilon_is_added_to_the_variance():
    x, offset = numbers(2, 4, 3), np.zeros((2, 3))
    got = task_normalization(x, (np.zeros((2, 3)), np.ones((2, 3))), offset, epsilon=3.0)
    np.testing.assert_allclose(got, x / 2.0, rtol=1e-6)


def test_a_task_without_rows_has_no_moments_and_no_nan():
    nothing = task_moments(numbers(1, 4, 3), np.zeros((1, 4, 1), bool))
    np.testing.assert_array_equal(nothing, np.zeros((2, 1, 3)))


def test_without_a_scale_it_is_one():
    x, offset = numbers(2, 4, 3), numbers(2, 3, seed=1)
    moments = task_moments(x, REAL)
    want = task_normalization(x, moments, offset, np.ones((2, 3)))
    np.testing.assert_allclose(task_normalization(x, moments, offset), want, rtol=1e-12)


def test_padding_does_not_matter():
    x = numbers(2, 4, 3)
    other = np.where(REAL, x, 77.0)
    for got, want in zip(task_moments(other, REAL), task_moments(x, REAL), strict=True):
        np.testing.assert_array_equal(got, want)


def test_equal_rows_give_the_offset():
    x, offset = np.full((2, 4, 3), 2.5), numbers(2, 3)
    got = task_normalization(x, task_moments(x, REAL), offset)
    np.testing.assert_allclose(got, np.broadcast_to(offset[:, None], got.shape), atol=1e-6)


def test_first_and_second_derivatives_are_those_of_finite_differences():
    x, offset, scale = numbers(2, 4, 3), numbers(2, 3, seed=1), numbers(2, 3, seed=2)

    def normalised(x, offset, scale):
        x = tf.convert_to_tensor(x)
        return tf.sin(task_normalization(x, task_moments(x, REAL), offset, scale))

    def gradients(*parts):
        parts = [tf.convert_to_tensor(part) for part in parts]
        with tf.GradientTape() as tape:
            tape.watch(parts)
            y = tf.reduce_sum(normalised(*parts) ** 2)
        return tf.concat([tf.reshape(part, [-1]) for part in tape.gradient(y, parts)], axis=0)

    for function in (normalised, gradients):
        for got, want in zip(*tf.test.compute_gradient(function, [x, offset, scale], delta=1e-5), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)
