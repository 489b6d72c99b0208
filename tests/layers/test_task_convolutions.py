"""Convolution and pooling per task: the same maps as Keras' layers, and gradients of every order that are exact."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import task_convolution, task_mean_pooling, task_pooling


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


GEOMETRIES = [  # sides of a kernel, strides, padding
    ((1, 1), (3, 3), "same"),
    ((2, 2), (2, 2), "valid"),
    ((1, 5), (1, 2), "valid"),
    ((4, 3), (3, 1), "same"),
    ((2, 3), (3, 2), "valid"),
]


@pytest.mark.parametrize(("kernel_sides", "strides", "padding"), GEOMETRIES)
@pytest.mark.parametrize("sides", [(8, 8), (7, 5), (4, 6)])
def test_kernels_of_any_size_are_those_of_keras(kernel_sides, strides, padding, sides):
    high, wide = kernel_sides
    x, kernel, bias = numbers(3, 2, *sides, 2), numbers(3, high * wide * 2, 4, seed=1), numbers(3, 4, seed=2)
    got = task_convolution(x, kernel, bias, strides, kernel_sides, padding)
    for task in range(3):  # the function below Keras' layer, which has one stride for both axes on this processor
        maps = tf.nn.conv2d(x[task], kernel[task].reshape(high, wide, 2, 4), [1, *strides, 1], padding.upper())
        np.testing.assert_allclose(got[task], maps + bias[task], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sides", [(8, 8), (7, 5), (2, 3)])
def test_a_mean_pool_is_that_of_keras(sides):
    x = numbers(3, 2, *sides, 4)
    for task in range(3):
        np.testing.assert_allclose(task_mean_pooling(x)[task], keras.layers.AveragePooling2D(2)(x[task]), rtol=1e-5, atol=1e-6)


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


THREES = [(((3, 3), (stride, stride), "same"), sides) for stride, sides in [(1, (4, 3)), (2, (5, 4)), (2, (4, 4)), (2, (1, 1))]]


@pytest.mark.parametrize(("geometry", "sides"), [*THREES, *((geometry, (6, 5)) for geometry in GEOMETRIES)])
def test_first_and_second_derivatives_are_those_of_finite_differences(geometry, sides):
    kernel_sides, strides, padding = geometry
    shapes = [(1, 1, *sides, 1), (1, kernel_sides[0] * kernel_sides[1], 2), (1, 2)]
    x, kernel, bias = (numbers(*shape, seed=seed, dtype=np.float64) for seed, shape in enumerate(shapes))

    def maps(x, kernel):
        return tf.tanh(task_convolution(x, kernel, bias, strides, kernel_sides, padding))

    def gradients(x, kernel):
        x, kernel = tf.convert_to_tensor(x), tf.convert_to_tensor(kernel)
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = tf.reduce_sum(maps(x, kernel) ** 2)
        return tf.concat([tf.reshape(part, [-1]) for part in tape.gradient(y, [x, kernel])], axis=0)

    for function in (maps, gradients):
        for got, want in zip(*tf.test.compute_gradient(function, [x, kernel], delta=1e-4), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pool", [task_pooling, task_mean_pooling])
def test_derivatives_of_a_pool_are_those_of_finite_differences(pool):
    x = numbers(2, 1, 5, 4, 2, dtype=np.float64)

    def gradient(x):
        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(pool(x) ** 3)
        return tape.gradient(y, x)

    for function in (pool, gradient):
        (got,), (want,) = tf.test.compute_gradient(function, [x], delta=1e-4)
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
