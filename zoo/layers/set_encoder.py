"""Set-pooling encoder: labelled examples in, one code per task out.

The meta-recognition network of Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 3.
"""

import keras

from zoo.layers.differentiable import concatenated
from zoo.layers.mlp import MLP
from zoo.layers.set_pooling import SetPooling, Summary, clear_padding


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
        return self.code(self.summary(examples, support_size), support_size)

    def summary(self, examples, support_size) -> Summary:
        """What is kept of a set `[B, N, d]`: the summaries of its pools, see `SetPooling`."""
        rows = self.phi(clear_padding(examples, support_size))  # [B, N, pool]
        return {name: part for pool in self.pools for name, part in pool.summary(rows, support_size).items()}

    def merge(self, one: Summary, one_size, other: Summary, other_size) -> Summary:
        """The summary of the union of two sets, of `one_size [B]` and `other_size [B]` examples; those of `one` come first."""
        return {name: part for pool in self.pools for name, part in pool.merge(one, one_size, other, other_size).items()}

    def code(self, summary: Summary, support_size):
        """The code `[B, code]` of a set of which this summary was kept."""
        return self.rho(concatenated(*(pool.pooled(summary, support_size) for pool in self.pools)))

    def shares(self, summary: Summary, support_size, rows):
        """Share of every example in the pool, `[B, rows]`: the mean over the pools, which are equally wide."""
        return sum(pool.shares(summary, support_size, rows) for pool in self.pools) / len(self.pools)

    def compute_output_shape(self, input_shape):
        return self.rho.compute_output_shape((input_shape[0], None))
