"""Hypernetwork dense layer: a code per task in, the kernel and bias of that task's dense layer out.

The meta-generative network of Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 3.
"""

import keras
from keras import ops

from zoo.layers.mlp import MLP


def generate_network(generators, code):
    """All layers of a task network from one code: `HyperDense` layers, `[B, code]` -> the dict of `zoo.layers.task_network`."""
    task = {}
    for layer, generator in enumerate(generators):
        kernel, bias = generator(code)
        task[f"kernel_{layer}"] = ops.cast(kernel, "float32")
        task[f"bias_{layer}"] = ops.cast(bias, "float32")
    return task


@keras.saving.register_keras_serializable("zoo")
class HyperDense(keras.layers.Layer):
    """Generate a dense layer from a code: `[B, code] -> (kernel [B, in, out], bias [B, out])`.

    Kernel and bias come from two separate MLPs, W = reshape(gW(z)) and b = gb(z); the last layer of each is linear and
    its output is the parameter itself. Use `task_dense` to apply what was generated.

    Args:
        inputs: width `in` of the generated layer, at least 1.
        units: width `out` of the generated layer, at least 1.
        hidden: widths of the hidden layers of each MLP; may be empty for a linear generator.
        output_gain: scale of the generators' last kernels at the start; 1.0 as in the paper.
        base: if true, the kernel generator's last bias starts Glorot-normal instead of at zero, so that all tasks share
            a well-scaled layer before any training. The paper starts at zero.
        activation, kernel_regularizer: as in `MLP`.

    Raises:
        ValueError: for a width below 1.
    """

    def __init__(
        self,
        inputs,
        units,
        hidden=(60, 60),
        output_gain=1.0,
        base=False,
        activation="leaky_relu",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if min(inputs, units) < 1:
            raise ValueError(f"HyperDense(inputs={inputs!r}, units={units!r}): both widths must be 1 or more.")
        self.inputs, self.units = inputs, units
        options = {
            "activation": activation,
            "output_gain": output_gain,
            "kernel_regularizer": kernel_regularizer,
            "dtype": self.dtype_policy,
        }
        glorot = keras.initializers.RandomNormal(stddev=(2.0 / (inputs + units)) ** 0.5)
        self.kernel_generator = MLP(
            (*hidden, inputs * units), output_bias=glorot if base else "zeros", name="kernel_generator", **options
        )
        self.bias_generator = MLP((*hidden, units), name="bias_generator", **options)

    def build(self, code_shape):
        self.kernel_generator.build(code_shape)
        self.bias_generator.build(code_shape)
        self.built = True

    def call(self, code):
        kernel = ops.reshape(self.kernel_generator(code), (-1, self.inputs, self.units))  # [B, in, out]
        return kernel, self.bias_generator(code)

    def compute_output_shape(self, code_shape):
        return (code_shape[0], self.inputs, self.units), (code_shape[0], self.units)
