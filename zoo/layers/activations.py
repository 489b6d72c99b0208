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


def get(name: str) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return the activation called `name`: one of this file, or else one of Keras, whose gradients may not convert.

    Raises:
        ValueError: if neither this file nor Keras has an activation of this name.
    """
    return {"leaky_relu": leaky_relu, "relu": relu, "tanh": tanh}.get(name) or keras.activations.get(name)


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
