"""Full context embeddings: support and query embeddings conditioned on the full support set.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: a
bidirectional LSTM reads the support (g), and an LSTM with attention to the result takes several steps on the query (f). Both are
as wide as the embeddings, because each output is added to its input. States pass through many steps, so they are float32 inside.
"""

import keras
import tensorflow as tf

from zoo.layers.attention_kernel import attention
from zoo.layers.lstm_cell import lstm
from zoo.layers.set_pooling import clear_padding, real_rows
from zoo.layers.shapes import KerasShape, known_sizes

DIRECTIONS = ("forward", "backward")


@keras.saving.register_keras_serializable("zoo")
class SupportContext(keras.layers.Layer):
    """Support embeddings conditioned on their support: `[B, N, D], support_size int32 [B] -> [B, N, D]`, zeros for padding.

    g(x_i) = forward_i + backward_i + x_i, from an LSTM that runs from the first row to the last real one, and another that runs
    back. So the order of the rows matters; `canonical_order` gives one that does not depend on the order they were given in. With
    a `support_size` of 0 the output is zeros.

    Reference: Vinyals et al., "Matching networks for one shot learning", 2016, section 2.1.2 and appendix A.2 (the function g).

    Raises:
        ValueError: when it is built, if D is unknown.
    """

    def build(self, rows_shape: KerasShape, support_size_shape: KerasShape | None = None) -> None:
        (width,) = known_sizes(self, rows_shape, 1)
        self.cells = [_lstm_weights(self, name, width, width) for name in DIRECTIONS]
        self.built = True

    def call(self, rows: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        rows = clear_padding(tf.cast(rows, tf.float32), support_size)
        count, width = tf.shape(rows)[1], rows.shape[2]
        real = tf.squeeze(real_rows(support_size, count), 2)  # [B, N]
        # A leading axis of two directions, so that one loop runs both: [2, B, N, D], [2, B, N].
        both, both_real = (tf.stack([each, tf.reverse(each, [1])]) for each in (rows, real))
        kernel, recurrent, bias = (tf.stack([tf.cast(cell[part], tf.float32) for cell in self.cells]) for part in range(3))
        inputs = tf.matmul(both, tf.expand_dims(kernel, 1)) + tf.reshape(bias, [2, 1, 1, 4 * width])  # [2, B, N, 4 D]
        places, shape = tf.reshape(tf.range(count), [1, 1, -1, 1]), [2, rows.shape[0], width]

        def step(
            at: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor, outputs: tf.Tensor
        ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
            gates = tf.gather(inputs, at, axis=2) + tf.matmul(hidden, recurrent)  # [2, B, 4 D]
            after, kept = lstm(gates, cell)  # [2, B, D] each
            is_real = tf.expand_dims(tf.gather(both_real, at, axis=2), 2)  # [2, B, 1]; at padding the state does not change
            after, kept = (tf.ensure_shape(tf.where(is_real, *each), shape) for each in ((after, hidden), (kept, cell)))
            outputs = tf.where(tf.equal(places, at), tf.expand_dims(after, 2), outputs)  # [2, B, N, D]
            return at + 1, after, kept, tf.ensure_shape(outputs, both.shape)

        start = tf.zeros(tf.stack([2, tf.shape(rows)[0], width]))
        state = (tf.constant(0), start, start, tf.zeros_like(both))
        *_, outputs = tf.while_loop(lambda at, *_: at < count, step, state)
        context = clear_padding(outputs[0] + tf.reverse(outputs[1], [1]) + rows, support_size)  # [B, N, D]
        return tf.cast(context, self.compute_dtype)

    def compute_output_shape(self, rows_shape: KerasShape, support_size_shape: KerasShape | None = None) -> KerasShape:
        return tuple(rows_shape)


@keras.saving.register_keras_serializable("zoo")
class QueryContext(keras.layers.Layer):
    """Query embeddings conditioned on a support: `[B, M, D], [B, N, D], real [B, N] -> [B, M, D]`.

    An LSTM takes several steps on each query x. Before a step it reads from the support: r = sum_i a_i g_i, where a is the
    softmax of the dot products of its state h with every g_i. h starts as x, and x is added to it after every step. `real` is a
    number above 0 where the support has such a row, and 0 for padding.

    Reference: Vinyals et al., "Matching networks for one shot learning", 2016, section 2.1.2 and appendix A.1 (the function f).

    Args:
        steps: of the LSTM on each query; with 0 the queries are returned unchanged.

    Raises:
        ValueError: when it is built, if D is unknown.
    """

    def __init__(self, steps: int = 3, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.steps = steps

    def build(
        self,
        query_shape: KerasShape,
        support_shape: KerasShape | None = None,
        real_shape: KerasShape | None = None,
    ) -> None:
        (width,) = known_sizes(self, query_shape, 1)
        self.kernel, self.recurrent, self.bias = _lstm_weights(self, "cell", 2 * width, width)
        self.built = True

    def call(self, query: tf.Tensor, support: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
        query, support, real = tf.cast(query, tf.float32), tf.cast(support, tf.float32), tf.convert_to_tensor(real) > 0
        support = tf.where(tf.expand_dims(real, 2), support, tf.zeros_like(support))
        kernel, recurrent, bias = (tf.cast(part, tf.float32) for part in (self.kernel, self.recurrent, self.bias))
        query_kernel, read_kernel = tf.split(kernel, 2)  # [D, 4 D] each
        inputs = tf.matmul(query, query_kernel) + bias  # [B, M, 4 D], the same at every step
        hidden, cell = query, tf.zeros_like(query)
        for _ in range(self.steps):
            read = tf.matmul(attention(tf.matmul(hidden, support, transpose_b=True), real), support)  # [B, M, D]
            after, cell = lstm(inputs + tf.matmul(read, read_kernel) + tf.matmul(hidden, recurrent), cell)
            hidden = after + query
        return tf.cast(hidden, self.compute_dtype)

    def compute_output_shape(
        self,
        query_shape: KerasShape,
        support_shape: KerasShape | None = None,
        real_shape: KerasShape | None = None,
    ) -> KerasShape:
        return tuple(query_shape)


def canonical_order(rows: tf.Tensor, real: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Order the rows of a support independently of their given order: real rows first, by the sum of their numbers, descending.

    Rows with equal sums keep the order that they were given in.

    Args:
        rows: `[B, N, D]`.
        real: bool `[B, N]`.

    Returns:
        order and its inverse, int32 `[B, N]` each, for `tf.gather(..., batch_dims=1)`.
    """
    total = tf.reduce_sum(rows, axis=2)  # [B, N]
    key = tf.where(real, total, tf.fill(tf.shape(total), tf.constant(total.dtype.min, total.dtype)))
    order = tf.argsort(key, axis=1, direction="DESCENDING", stable=True)
    return order, tf.argsort(order, axis=1)


def _lstm_weights(layer: keras.layers.Layer, name: str, inputs: int, width: int) -> tuple[keras.Variable, ...]:
    """Kernel, recurrent kernel and bias of four gates; the forget gate's bias starts at 1, as is usual."""
    first = keras.ops.concatenate([keras.ops.full([at], value) for at, value in ((width, 0.0), (width, 1.0), (2 * width, 0.0))])
    return (
        layer.add_weight(name=f"{name}_kernel", shape=(inputs, 4 * width), initializer="glorot_uniform"),
        layer.add_weight(name=f"{name}_recurrent", shape=(width, 4 * width), initializer="glorot_uniform"),
        layer.add_weight(name=f"{name}_bias", shape=(4 * width,), initializer=lambda shape, dtype: keras.ops.cast(first, dtype)),
    )
