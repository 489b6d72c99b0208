"""Multi-layer perceptron: dense layers on the last axis, the last one linear."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from zoo.layers import activations
from zoo.layers.differentiable import dense
from zoo.layers.shapes import KerasShape


@keras.saving.register_keras_serializable("zoo")
class MLP(keras.layers.Layer):
    """Dense layers on the last axis: `[..., in] -> [..., widths[-1]]`.

    Every layer but the last is followed by the activation. Weights start Glorot-normal and biases at zero.

    Reference: Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018 (activation and initial weights).

    Args:
        widths: units of each layer, the output last; at least one, each 1 or more.
        activation: name of the activation between layers (see `zoo.layers.activations`).
        output_gain: factor on the standard deviation of the last layer's initial kernel; at least 0.
        output_bias: initialiser of the last layer's bias.
        kernel_regularizer: regulariser of every kernel and bias, or None. Given by name, it is part of the layer's config;
            Keras does not record the arguments of a layer that was given an object.

    Raises:
        ValueError: if `widths` is empty or holds a width below 1, `output_gain` is negative, or the activation is unknown.
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: str = "leaky_relu",
        output_gain: float = 1.0,
        output_bias: str | keras.initializers.Initializer = "zeros",
        kernel_regularizer: str | keras.regularizers.Regularizer | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        if not widths or min(widths) < 1:
            raise ValueError(f"MLP(widths={widths!r}): give at least one width, each 1 or more, e.g. widths=(60, 60).")
        if output_gain < 0:
            raise ValueError(f"MLP(output_gain={output_gain!r}): a scale must not be negative; 1.0 is Glorot's.")
        initial = keras.initializers.VarianceScaling(max(output_gain, 1e-6) ** 2, "fan_avg", "untruncated_normal")
        last = len(widths) - 1
        self.stack = [
            keras.layers.Dense(
                width,
                activation=None if index == last else activations.get(activation),
                kernel_initializer=initial if index == last else _glorot_normal(),
                bias_initializer=output_bias if index == last else "zeros",
                kernel_regularizer=kernel_regularizer,
                bias_regularizer=kernel_regularizer,
                dtype=self.dtype_policy,
                name=f"dense_{index}",
            )
            for index, width in enumerate(widths)
        ]

    def build(self, input_shape: KerasShape) -> None:
        shape = tuple(input_shape)
        for layer in self.stack:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        # Keras' layers only hold the weights: the gradients of their own call have operations that no converter knows.
        for layer in self.stack:
            x = layer.activation(dense(x, tf.convert_to_tensor(layer.kernel), tf.convert_to_tensor(layer.bias)))  # [..., width]
        return x

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        return (*input_shape[:-1], self.stack[-1].units)


def _glorot_normal() -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal")
