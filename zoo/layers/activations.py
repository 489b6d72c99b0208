"""Activations by name, written so that their gradients, of every order, survive export (see `zoo.layers.differentiable`).

TensorFlow's own have gradient operations that neither ONNX nor LiteRT knows: LeakyReluGrad, ReluGrad, TanhGrad.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.layers.differentiable import product


@keras.saving.register_keras_serializable("zoo")
def leaky_relu(x, slope: float = 0.3):
    """max(x, slope x), with the slope of MeLA and of Keras' layer unless told; TensorFlow's function defaults to 0.2."""
    return _leaky_relu(tf.convert_to_tensor(x), slope)


@keras.saving.register_keras_serializable("zoo")
def relu(x):
    """max(x, 0); flat at zero, as TensorFlow's."""
    return _relu(tf.convert_to_tensor(x))


@keras.saving.register_keras_serializable("zoo")
def tanh(x):
    """Hyperbolic tangent."""
    return _tanh(tf.convert_to_tensor(x))


def get(name: str) -> Callable:
    """Return the activation called `name`: this file's own first, then Keras', whose gradients may not convert.

    Raises:
        ValueError: if neither knows the name.
    """
    return {"leaky_relu": leaky_relu, "relu": relu, "tanh": tanh}.get(name) or keras.activations.get(name)


def _leaky_relu(x, slope):
    @tf.custom_gradient
    def activate(x):
        one, low = tf.constant(1.0, x.dtype), tf.constant(slope, x.dtype)
        # On the left the derivative is the slope, at zero too; it is piecewise constant, so its own gradient stops here.
        return tf.maximum(x, low * x), lambda upstream: product(upstream, tf.stop_gradient(tf.where(x > 0, one, low)))

    return activate(x)


@tf.custom_gradient
def _relu(x):
    y = tf.nn.relu(x)
    # The sign of y is the derivative, in one operation where comparing and choosing takes two.
    return y, lambda upstream: product(upstream, tf.stop_gradient(tf.sign(y)))


@tf.custom_gradient
def _tanh(x):
    def gradient(upstream):
        y = _tanh(x)  # not the one below, whose own gradient is TensorFlow's; the derivative is 1 - y^2
        return tf.add_n([upstream, -product(upstream, product(y, y))])

    return tf.tanh(x), gradient
