"""Hypernetwork dense layer: generates the kernel and bias of a task's dense layer from the code of the task.

The meta-generative network of Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3.
"""

from collections.abc import Iterable, Sequence

import keras
import tensorflow as tf
from keras import ops

from zoo.layers.mlp import MLP
from zoo.layers.shapes import KerasShape


@keras.saving.register_keras_serializable("zoo")
class HyperDense(keras.layers.Layer):
    """Generate a dense layer from a code: `[B, code] -> (kernel [B, in, out], bias [B, out])`.

    Kernel and bias come from two separate MLPs, W = reshape(gW(z)) and b = gb(z); the last layer of each is linear and
    its output is the parameter itself. `task_dense` applies what was generated.

    Reference: Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3.

    Args:
        inputs: width `in` of the generated layer, at least 1.
        units: width `out` of the generated layer, at least 1.
        hidden: widths of the hidden layers of each MLP; may be empty for a linear generator.
        output_gain: factor on the initial last kernels of the generators, at least 0; 1.0 as in the paper.
        base: if true, the last bias of the kernel generator starts Glorot-normal instead of at zero, so that all tasks share
            a well-scaled layer before training. The paper starts at zero.
        activation, kernel_regularizer: as in `MLP`.

    Raises:
        ValueError: for a width below 1 or a negative `output_gain`.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        hidden: Sequence[int] = (60, 60),
        output_gain: float = 1.0,
        base: bool = False,
        activation: str = "leaky_relu",
        kernel_regularizer: str | keras.regularizers.Regularizer | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        if min(inputs, units) < 1:
            raise ValueError(f"HyperDense(inputs={inputs!r}, units={units!r}): both widths must be 1 or more.")
        self.inputs, self.units = inputs, units
        glorot = keras.initializers.RandomNormal(stddev=(2.0 / (inputs + units)) ** 0.5)
        self.kernel_generator = MLP(
            (*hidden, inputs * units),
            activation,
            output_gain,
            output_bias=glorot if base else "zeros",
            kernel_regularizer=kernel_regularizer,
            dtype=self.dtype_policy,
            name="kernel_generator",
        )
        self.bias_generator = MLP(
            (*hidden, units),
            activation,
            output_gain,
            kernel_regularizer=kernel_regularizer,
            dtype=self.dtype_policy,
            name="bias_generator",
        )

    def build(self, code_shape: KerasShape) -> None:
        self.kernel_generator.build(code_shape)
        self.bias_generator.build(code_shape)
        self.built = True

    def call(self, code: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        kernel = ops.reshape(self.kernel_generator(code), (-1, self.inputs, self.units))  # [B, in, out]
        return kernel, self.bias_generator(code)  # [B, in, out], [B, out]

    def compute_output_shape(self, code_shape: KerasShape) -> tuple[KerasShape, KerasShape]:
        return (code_shape[0], self.inputs, self.units), (code_shape[0], self.units)


def generate_network(generators: Iterable[HyperDense], code: tf.Tensor) -> dict[str, tf.Tensor]:
    """Generate all layers of a task network from one code `[B, code]`.

    Args:
        generators: one `HyperDense` for each layer, in order.
        code: `[B, code]`.

    Returns:
        `kernel_l [B, d_(l-1), d_l]` and `bias_l [B, d_l]` of every layer l from 0, float32, see `zoo.layers.task_network`.
    """
    task = {}
    for layer, generator in enumerate(generators):
        kernel, bias = generator(code)
        task[f"kernel_{layer}"] = ops.cast(kernel, "float32")
        task[f"bias_{layer}"] = ops.cast(bias, "float32")
    return task
