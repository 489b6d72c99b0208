"""Activations by name, written so that their gradients survive export.

`tf.nn.leaky_relu` and `tf.nn.relu` have gradient operations that neither ONNX nor LiteRT knows; the same functions
written with `maximum` have gradients made of comparisons and products, which both know.
"""

from collections.abc import Callable

import keras
from keras import ops


@keras.saving.register_keras_serializable("zoo")
def leaky_relu(x):
    """max(x, 0.3 x): the slope of MeLA and of Keras' layer; TensorFlow's function defaults to 0.2."""
    return ops.maximum(x, 0.3 * x)


def get(name: str) -> Callable:
    """Return the activation called `name`: this file's own first, then Keras'.

    Raises:
        ValueError: if neither knows the name.
    """
    return leaky_relu if name == "leaky_relu" else keras.activations.get(name)
