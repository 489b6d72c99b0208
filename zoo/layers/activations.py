"""Activations by name whose gradients, of every order, convert to ONNX and LiteRT (see `zoo.layers.differentiable`).

TensorFlow's own activations have gradient operations that neither ONNX nor LiteRT knows: LeakyReluGrad, ReluGrad, TanhGrad.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.layers.differentiable import ValueAndGradient, product


@keras.saving.register_keras_serializable("zoo")
def leaky_relu(x: tf.Tensor, slope: float = 0.3) -> tf.Tensor:
    """Leaky rectified linear unit: max(x, slope x), element by element.

    The default slope is that of MeLA and of Keras' `LeakyReLU` layer; TensorFlow's function defaults to 0.2.

    Args:
        x: of any shape.
        slope: for negative x, at most 1.
    """
    return _leaky_relu(tf.convert_to_tensor(x), slope)


@keras.saving.register_keras_serializable("zoo")
def relu(x: tf.Tensor) -> tf.Tensor:
    """Rectified linear unit: max(x, 0), element by element; its derivative at zero is 0, as TensorFlow's."""
    return _relu(tf.convert_to_tensor(x))


@keras.saving.register_keras_serializable("zoo")
def tanh(x: tf.Tensor) -> tf.Tensor:
    """Hyperbolic tangent, element by element."""
    return _tanh(tf.convert_to_tensor(x))


@keras.saving.register_keras_serializable("zoo")
def sigmoid(x: tf.Tensor) -> tf.Tensor:
    """Logistic function, 1 / (1 + exp(-x)), element by element."""
    return _sigmoid(tf.convert_to_tensor(x))


@keras.saving.register_keras_serializable("zoo")
def silu(x: tf.Tensor) -> tf.Tensor:
    """Sigmoid linear unit, or swish: x sigmoid(x), element by element."""
    x = tf.convert_to_tensor(x)
    return product(x, _sigmoid(x))


@keras.saving.register_keras_serializable("zoo")
def softplus(x: tf.Tensor) -> tf.Tensor:
    """Smooth rectifier: log(1 + exp(x)), element by element."""
    return _softplus(tf.convert_to_tensor(x))


def get(name: str) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return the activation called `name`: one of this file, or else one of Keras, whose gradients may not convert.

    Raises:
        ValueError: if neither this file nor Keras has an activation of this name.
    """
    own = {each.__name__: each for each in (leaky_relu, relu, sigmoid, silu, softplus, tanh)}
    return own.get(name) or keras.activations.get(name)


def _leaky_relu(x: tf.Tensor, slope: float) -> tf.Tensor:
    @tf.custom_gradient
    def activate(x: tf.Tensor) -> ValueAndGradient:
        one, low = tf.constant(1.0, x.dtype), tf.constant(slope, x.dtype)
        # Where x <= 0 the derivative is the slope; it is piecewise constant, so its own gradient stops here.
        return tf.maximum(x, low * x), lambda upstream: product(upstream, tf.stop_gradient(tf.where(x > 0, one, low)))

    return activate(x)


@tf.custom_gradient
def _relu(x: tf.Tensor) -> ValueAndGradient:
    y = tf.nn.relu(x)
    # The sign of y is the derivative, in one operation where a comparison and a choice take two.
    return y, lambda upstream: product(upstream, tf.stop_gradient(tf.sign(y)))


@tf.custom_gradient
def _tanh(x: tf.Tensor) -> ValueAndGradient:
    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        y = _tanh(x)  # not `tf.tanh(x)` below, whose own gradient is TensorFlow's; the derivative is 1 - y^2
        return tf.add_n([upstream, -product(upstream, product(y, y))])

    return tf.tanh(x), gradient


@tf.custom_gradient
def _sigmoid(x: tf.Tensor) -> ValueAndGradient:
    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        y = _sigmoid(x)  # as of tanh; the derivative is y - y^2
        return product(upstream, tf.add_n([y, -product(y, y)]))

    return tf.sigmoid(x), gradient


@tf.custom_gradient
def _softplus(x: tf.Tensor) -> ValueAndGradient:
    # Not TensorFlow's own, which LiteRT does not know.
    y = tf.nn.relu(x) + tf.math.log(1.0 + tf.exp(-tf.abs(x)))
    return y, lambda upstream: product(upstream, _sigmoid(x))
