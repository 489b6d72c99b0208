import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import activations

BANNED = {"LeakyReluGrad", "ReluGrad"}  # gradient operations that ONNX and LiteRT do not know


def test_leaky_relu_is_keras_layer():
    x = np.linspace(-3, 3, 13).astype(np.float32)
    np.testing.assert_allclose(activations.leaky_relu(x), keras.layers.LeakyReLU(0.3)(x), rtol=1e-6)


def test_its_gradient_is_made_of_operations_that_export():
    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = activations.leaky_relu(x)
        return tape.gradient(y, x)

    concrete = gradient.get_concrete_function(tf.TensorSpec([2]))
    assert not BANNED & {operation.type for operation in concrete.graph.get_operations()}
    np.testing.assert_allclose(gradient(tf.constant([-1.0, 1.0])), [0.3, 1.0], rtol=1e-6)


def test_other_names_are_keras():
    assert activations.get("tanh") is keras.activations.tanh
    with pytest.raises(ValueError, match="nonsense"):
        activations.get("nonsense")
