"""A block over the cells of a table, which treats rows alike and columns alike.

J. Hartford, D. Graham, K. Leyton-Brown, S. Ravanbakhsh, "Deep models of interactions across sets", 2018: a cell is combined with
the means over its column, its row and the whole table. Beside these it sees the mean, in its column, of the rows of its own
class: that is how a column knows whether it tells the classes apart. No attention: the cost is linear in the cells.
"""

from typing import Any

import keras
import tensorflow as tf

from zoo.layers.shapes import KerasShape


@keras.saving.register_keras_serializable("zoo")
class ExchangeableBlock(keras.layers.Layer):
    """A residual block: `h [B, N, C, d]`, and what the rows have in common, to `[B, N, C, d]`.

    Args:
        wider: the hidden width, as a multiple of d.
    """

    def __init__(self, wider: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        self.wider = wider

    def build(self, input_shape: KerasShape) -> None:
        width = int(input_shape[-1] or 0)
        inner = self.wider * width

        def kernel(name: str, rows: int, columns: int, gain: float) -> Any:
            start = keras.initializers.RandomNormal(stddev=gain / rows**0.5)
            return self.add_weight(name=name, shape=(rows, columns), initializer=start)

        self.gain = self.add_weight(name="gain", shape=(width,), initializer="ones")
        self.own = kernel("own", width, inner, 1.0)
        self.of_column = kernel("of_column", width, inner, 0.7)
        self.of_row = kernel("of_row", width, inner, 0.7)
        self.of_class = kernel("of_class", width, inner, 0.7)
        self.of_all = kernel("of_all", width, inner, 0.7)
        self.bias = self.add_weight(name="bias", shape=(inner,), initializer="zeros")
        self.out = kernel("out", inner, width, 0.3)
        self.built = True

    def compute_output_shape(
        self, h_shape: KerasShape, real_shape: Any, varies_shape: Any, labels_shape: Any, share_shape: Any
    ) -> KerasShape:
        return h_shape

    def call(self, h: tf.Tensor, real: tf.Tensor, varies: tf.Tensor, labels: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
        """One step.

        Args:
            h: `[B, N, C, d]`.
            real: float32 `[B, N]`, 1 for rows that count.
            varies: float32 `[B, C]`, 1 for columns that count.
            labels: `[B, N, K]`, zeros for rows that do not count: one-hot classes, or a number.
            share: `[B, N, K]`, the labels over what each column of labels is divided by for a mean.
        """
        size, columns, width = tf.shape(h)[1], tf.shape(h)[2], h.shape[3]
        row = tf.expand_dims(real, 2)  # [B, N, 1]
        mask = tf.expand_dims(row * tf.expand_dims(varies, 1), 3)
        rows = tf.maximum(tf.reduce_sum(row, axis=1, keepdims=True), 1.0)  # [B, 1, 1]
        across = tf.maximum(tf.reduce_sum(tf.expand_dims(varies, 1), axis=2, keepdims=True), 1.0)
        g = h * tf.math.rsqrt(tf.reduce_mean(tf.square(h), axis=-1, keepdims=True) + 1e-6) * self.gain * mask
        by_column, by_row = tf.reduce_sum(g, axis=1) / rows, tf.reduce_sum(g, axis=2) / across
        by_all = tf.reduce_sum(by_column, axis=1, keepdims=True) / across  # [B, 1, d]
        flat = tf.reshape(g, tf.stack([tf.shape(h)[0], size, columns * width]))
        by_class = tf.reshape(tf.matmul(share, flat, transpose_a=True), tf.stack([-1, tf.shape(labels)[2], columns, width]))
        mine = through(by_class, self.of_class)  # [B, K, C, inner]
        inner = mine.shape[3]
        mine = tf.reshape(mine, tf.stack([tf.shape(h)[0], tf.shape(labels)[2], columns * inner]))
        a = through(g, self.own) + tf.reshape(tf.matmul(labels, mine), tf.stack([-1, size, columns, inner]))
        a += tf.expand_dims(through(by_column, self.of_column), 1) + tf.expand_dims(through(by_row, self.of_row), 2)
        a += tf.expand_dims(through(by_all, self.of_all), 1) + self.bias
        return h + through(sigmoid_linear(a), self.out) * mask


def through(x: tf.Tensor, kernel: Any) -> tf.Tensor:
    """Every row of the last axis times a matrix: `[..., d] -> [..., e]`, as one product."""
    kernel = tf.cast(tf.convert_to_tensor(kernel), x.dtype)
    shape = tf.concat([tf.shape(x)[:-1], [kernel.shape[1]]], axis=0)
    found = tf.reshape(tf.matmul(tf.reshape(x, [-1, kernel.shape[0]]), kernel), shape)
    found.set_shape([*x.shape[:-1], kernel.shape[1]])
    return found


def sigmoid_linear(x: tf.Tensor) -> tf.Tensor:
    """GELU by a sigmoid, x sigmoid(1.702 x): one operation that every runtime has."""
    return x * tf.sigmoid(1.702 * x)
