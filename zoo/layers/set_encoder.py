"""Set-pooling encoder: labelled examples in, one code per task out.

The meta-recognition network of Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 3.
"""

import keras
from keras import ops

from zoo.layers.mlp import MLP
from zoo.layers.set_pooling import SetPooling, clear_padding


@keras.saving.register_keras_serializable("zoo")
class SetEncoder(keras.layers.Layer):
    """Encode a set: `[B, N, d], support_size int32 [B] -> [B, code]`.

    H = phi(rows), P = pool over real rows, z = rho(P); phi and rho are MLPs whose last layer is linear. Padding is
    cleared before phi, so that not even a NaN in it reaches a gradient.

    Args:
        row_widths: widths of phi, the pool's last.
        code_widths: widths of rho, the code's last.
        pooling: "max", "mean", or "max+mean" for both side by side (rho then sees twice the pool).
        activation, kernel_regularizer: as in `MLP`.

    Raises:
        ValueError: for empty widths or an unknown pooling.
    """

    def __init__(
        self,
        row_widths=(60, 60, 60, 200),
        code_widths=(60, 60, 2),
        pooling="max",
        activation="leaky_relu",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        options = {
            "activation": activation,
            "kernel_regularizer": kernel_regularizer,
            "dtype": self.dtype_policy,
        }
        self.phi = MLP(row_widths, name="phi", **options)
        self.pools = [SetPooling(mode, dtype=self.dtype_policy, name=mode) for mode in pooling.split("+")]
        self.rho = MLP(code_widths, name="rho", **options)

    def build(self, input_shape):
        self.phi.build(input_shape)
        rows = self.phi.compute_output_shape(input_shape)
        for pool in self.pools:
            pool.build(rows)
        self.rho.build((rows[0], rows[2] * len(self.pools)))
        self.built = True

    def call(self, examples, support_size):
        rows = self.phi(clear_padding(examples, support_size))  # [B, N, pool]
        pooled = [pool(rows, support_size) for pool in self.pools]
        return self.rho(ops.concatenate(pooled, axis=-1))  # [B, code]

    def compute_output_shape(self, input_shape):
        return self.rho.compute_output_shape((input_shape[0], None))
