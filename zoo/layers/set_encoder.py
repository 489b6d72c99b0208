"""Set-pooling encoder: encodes the labelled examples of a task as one code.

The meta-recognition network of Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3.
"""

from collections.abc import Sequence

import keras
import tensorflow as tf

from zoo.layers.differentiable import concatenated
from zoo.layers.mlp import MLP
from zoo.layers.set_pooling import SetPooling, Summary, clear_padding
from zoo.layers.shapes import KerasShape, known_sizes


@keras.saving.register_keras_serializable("zoo")
class SetEncoder(keras.layers.Layer):
    """Encode a set: `[B, N, d], support_size int32 [B] -> [B, code]`.

    H = phi(rows), P = pool over real rows, z = rho(P); phi and rho are MLPs whose last layer is linear. Padding is
    cleared before phi, so that not even a NaN in it reaches a gradient. A `support_size` of 0 gives the code of an empty pool,
    rho(0); one above N is an error of the caller, see `zoo.layers.set_pooling`.

    Reference: Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3.

    Args:
        row_widths: widths of phi, the pool's last.
        code_widths: widths of rho, the code's last.
        pooling: "max", "mean", or "max+mean" for both side by side (the input of rho is then twice as wide as a pool).
        activation, kernel_regularizer: as in `MLP`.

    Raises:
        ValueError: for empty widths, a width below 1, or an unknown pooling or activation.
    """

    def __init__(
        self,
        row_widths: Sequence[int] = (60, 60, 60, 200),
        code_widths: Sequence[int] = (60, 60, 2),
        pooling: str = "max",
        activation: str = "leaky_relu",
        kernel_regularizer: str | keras.regularizers.Regularizer | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        policy = self.dtype_policy
        self.phi = MLP(row_widths, activation, kernel_regularizer=kernel_regularizer, dtype=policy, name="phi")
        self.pools = [SetPooling(mode, dtype=policy, name=mode) for mode in pooling.split("+")]
        self.rho = MLP(code_widths, activation, kernel_regularizer=kernel_regularizer, dtype=policy, name="rho")

    def build(self, input_shape: KerasShape) -> None:
        self.phi.build(input_shape)
        rows_shape = self.phi.compute_output_shape(input_shape)
        for pool in self.pools:
            pool.build(rows_shape)
        (width,) = known_sizes(self, rows_shape, 1)
        self.rho.build((rows_shape[0], width * len(self.pools)))
        self.built = True

    def call(self, examples: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        return self.code(self.summary(examples, support_size), support_size)

    def summary(self, examples: tf.Tensor, support_size: tf.Tensor) -> Summary:
        """The summary of a set `[B, N, d]`: the summaries of its pools, see `SetPooling`."""
        rows = self.phi(clear_padding(examples, support_size))  # [B, N, pool]
        return {name: part for pool in self.pools for name, part in pool.summary(rows, support_size).items()}

    def merge(self, one: Summary, one_size: tf.Tensor, other: Summary, other_size: tf.Tensor) -> Summary:
        """The summary of the union of two sets, of `one_size [B]` and `other_size [B]` examples; those of `one` come first."""
        return {name: part for pool in self.pools for name, part in pool.merge(one, one_size, other, other_size).items()}

    def code(self, summary: Summary, support_size: tf.Tensor) -> tf.Tensor:
        """The code `[B, code]` of a set of `support_size [B]` examples, from its summary."""
        pools = concatenated(*(pool.pooled(summary, support_size) for pool in self.pools))  # [B, number of pools x pool]
        return self.rho(pools)  # [B, code]

    def shares(self, summary: Summary, support_size: tf.Tensor, rows: int | tf.Tensor) -> tf.Tensor:
        """Share of every example in the pool, `[B, rows]`: the mean over the pools, which are equally wide."""
        return sum(pool.shares(summary, support_size, rows) for pool in self.pools) / len(self.pools)

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        return self.rho.compute_output_shape((input_shape[0], None))
