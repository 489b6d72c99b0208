"""An encoder of a table with labels: cells pass through exchangeable blocks, and every column becomes a token.

J. Hartford et al., "Deep models of interactions across sets", 2018; see `ExchangeableBlock`. Any number of rows, columns and
classes; their order changes nothing.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.exchangeable import ExchangeableBlock, sigmoid_linear, through
from zoo.layers.shapes import KerasShape

SHARPNESS = 1.5  # of the bumps that a number is seen through
USUAL_ROWS, USUAL_COLUMNS = 50.0, 8.0
PRIOR_ROWS = 0.5  # added to the rows of a class, whose mean holds the row itself
FAR = 5.0  # deviations beyond which a number to predict says no more


@keras.saving.register_keras_serializable("zoo")
class TableEncoder(keras.layers.Layer):
    """Tokens of columns and of the table.

    Args:
        width: d, numbers of a cell.
        blocks: exchangeable blocks.
        basis: bumps that each view of a number is seen through.
        numbers: whether labels are numbers rather than classes.
    """

    def __init__(self, width: int = 64, blocks: int = 3, basis: int = 8, numbers: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.width, self.basis, self.numbers = width, basis, numbers
        self.blocks = [ExchangeableBlock(dtype=self.dtype_policy, name=f"block_{place}") for place in range(blocks)]

    def build(self, input_shape: KerasShape | None = None) -> None:
        def kernel(name: str, rows: int, columns: int) -> Any:
            return self.add_weight(
                name=name, shape=(rows, columns), initializer=keras.initializers.RandomNormal(stddev=1.0 / rows**0.5)
            )

        self.centres = self.add_weight(name="centres", shape=(self.basis,), initializer=_evenly)
        self.cell = kernel("cell", 2 * (self.basis + 2), self.width)
        self.facts = kernel("facts", 4, self.width)
        self.target = kernel("target", 2, self.width) if self.numbers else None
        for block in self.blocks:
            block.build((None, None, None, self.width))
        self.token = kernel("token", 2 * self.width, 2 * self.width)
        self.built = True

    def compute_output_shape(
        self, t_shape: KerasShape, u_shape: Any, labels_shape: Any, real_shape: Any, varies_shape: Any
    ) -> tuple[KerasShape, KerasShape]:
        return (t_shape[0], t_shape[2], 2 * self.width), (t_shape[0], 2 * self.width)

    def call(
        self, t: tf.Tensor, u: tf.Tensor, labels: tf.Tensor, real: tf.Tensor, varies: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Encode tables.

        Args:
            t, u: two views of the numbers, `[B, N, C]`.
            labels: `[B, N, K]`, one-hot, or standardised numbers `[B, N, 1]`; zeros for rows that do not count.
            real, varies: float32 `[B, N]` and `[B, C]`, 1 for rows and columns that count.

        Returns:
            `[B, C, 2 d]` and `[B, 2 d]`.
        """
        rows = tf.maximum(tf.reduce_sum(real, axis=1, keepdims=True), 1.0)  # [B, 1]
        across = tf.maximum(tf.reduce_sum(varies, axis=1, keepdims=True), 1.0)
        mask = tf.expand_dims(tf.expand_dims(real, 2) * tf.expand_dims(varies, 1), 3)
        if self.numbers:
            labels = tf.clip_by_value(labels, -FAR, FAR)
            share, ways = labels / tf.expand_dims(rows, 2), tf.ones_like(rows)
        else:
            count = tf.reduce_sum(labels, axis=1, keepdims=True)
            share = labels / (count + PRIOR_ROWS)
            ways = tf.maximum(tf.reduce_sum(tf.cast(count > 0.0, tf.float32), axis=2), 1.0)
        facts = [tf.math.log(rows / USUAL_ROWS), tf.math.log(across / USUAL_COLUMNS), tf.math.log(ways), tf.ones_like(rows)]
        h = through(tf.concat([*self._seen(t), *self._seen(u)], axis=-1), self.cell)
        h += tf.expand_dims(tf.expand_dims(through(tf.concat(facts, axis=1), self.facts), 1), 1)
        if self.target is not None:
            h += tf.expand_dims(through(tf.concat([labels, tf.square(labels)], axis=-1), self.target), 2)
        h = sigmoid_linear(h) * mask
        for block in self.blocks:
            h = block(h, real, varies, labels, share)
        by_column = tf.reduce_sum(h, axis=1) / tf.expand_dims(rows, 2)
        by_all = tf.reduce_sum(by_column, axis=1, keepdims=True) / tf.expand_dims(across, 2)
        tokens = sigmoid_linear(through(tf.concat([by_column, by_all + tf.zeros_like(by_column)], axis=-1), self.token))
        return tokens, tf.reduce_sum(tokens * tf.expand_dims(varies, 2), axis=1) / across

    def _seen(self, x: tf.Tensor) -> list[tf.Tensor]:
        """A number as the encoder sees it, `[..., basis + 2]` in parts."""
        x = tf.expand_dims(x, -1)
        return [tf.tanh(SHARPNESS * (x - tf.convert_to_tensor(self.centres))), x, tf.square(x) - 1.0]


def _evenly(shape: tuple[int, ...], dtype: Any = None) -> tf.Tensor:
    return keras.ops.linspace(-2.5, 2.5, shape[0], dtype=dtype)
