"""Convolution and pooling per task: the same maps as Keras' layers, and gradients of every order that are exact."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import task_convolution, task_pooling


def numbers(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("sides", [(8, 8), (7, 5), (1, 2), (3, 6)])
def test_every_task_is_convolved_as_by_a_layer_of_keras(stride, sides):
    x, kernel, bias = numbers(3, 2, *sides, 2), numbers(3, 18, 4, seed=1), numbers(3, 4, seed=2)
    got = task_convolution(x, kernel, bias, stride)
    for task in range(3):
        layer = keras.layers.Conv2D(4, 3, stride, padding="same")
        layer.build((None, *sides, 2))
        layer.set_weights([kernel[task].reshape(3, 3, 2, 4), bias[task]])
        np.testing.assert_allclose(got[task], layer(x[task]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sides", [(8, 8), (7, 5), (2, 3)])
def test_a_pool_is_that_of_keras(sides):
    x = numbers(3, 2, *sides, 4)
    np.testing.assert_array_equal(
        task_pooling(x),
        tf.reshape(
            tf.nn.max_pool2d(x.reshape(6, *sides, 4), 2, 2, "VALID"),
            [
                3,
                2,
                sides[0] // 2,
                sides[1] // 2,
                4,
            ],
        ),
    )


def test_of_equal_places_the_first_one_gets_the_gradient():
    x = tf.ones([1, 1, 2, 2, 1])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = task_pooling(x)
    np.testing.assert_array_equal(tf.squeeze(tape.gradient(y, x)), [[1, 0], [0, 0]])


@pytest.mark.parametrize(("stride", "sides"), [(1, (4, 3)), (2, (5, 4)), (2, (4, 4)), (2, (1, 1))])
def test_first_and_second_derivatives_are_those_of_finite_differences(stride, sides):
    x, kernel, bias = (
        numbers(*shape, seed=seed, dtype=np.float64) for seed, shape in enumerate([(1, 1, *sides, 1), (1, 9, 2), (1, 2)])
    )

    def maps(x, kernel):
        return tf.tanh(task_convolution(x, kernel, bias, stride))

    def gradients(x, kernel):
        x, kernel = tf.convert_to_tensor(x), tf.convert_to_tensor(kernel)
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = tf.reduce_sum(maps(x, kernel) ** 2)
        return tf.concat([tf.reshape(part, [-1]) for part in tape.gradient(y, [x, kernel])], axis=0)

    for function in (maps, gradients):
        for got, want in zip(*tf.test.compute_gradient(function, [x, kernel], delta=1e-4), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_derivatives_of_a_pool_are_those_of_finite_differences():
    x = numbers(2, 1, 5, 4, 2, dtype=np.float64)

    def gradient(x):
        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(task_pooling(x) ** 3)
        return tape.gradient(y, x)

    for function in (task_pooling, gradient):
        (got,), (want,) = tf.test.compute_gradient(function, [x], delta=1e-4)
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
