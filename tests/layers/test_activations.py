import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import activations

PLAIN = {
    "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.3),
    "relu": tf.nn.relu,
    "sigmoid": tf.sigmoid,
    "silu": lambda x: x * tf.sigmoid(x),
    "softplus": tf.math.softplus,
    "tanh": tf.tanh,
}
X = np.array([-3.0, -0.5, 0.0, 0.25, 2.0])


def orders(function, jit_compile=False):
    """The function, its gradient, and its gradient's gradient, at X."""

    @tf.function(jit_compile=jit_compile)
    def evaluate(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = function(x)
            first = inner.gradient(y, x)
            total = first * x  # so that the second order is not zero where the first is constant
        return y, first, outer.gradient(total, x)

    return evaluate(tf.constant(X))


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", PLAIN)
def test_value_and_both_gradients_are_tensorflows(name, jit_compile):
    for got, want in zip(orders(activations.get(name), jit_compile), orders(PLAIN[name]), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-7)  # TensorFlow holds the slope as float32


def test_leaky_relu_is_keras_layer():
    np.testing.assert_allclose(activations.leaky_relu(X), keras.layers.LeakyReLU(0.3)(X), rtol=1e-6)


def test_slope_is_an_argument():
    np.testing.assert_allclose(activations.leaky_relu(X, slope=0.01), [-0.03, -0.005, 0, 0.25, 2], rtol=1e-7)


def test_other_names_are_keras():
    assert activations.get("gelu") is keras.activations.gelu
    with pytest.raises(ValueError, match="nonsense"):
        activations.get("nonsense")
