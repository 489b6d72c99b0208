"""Full context embeddings: what an example or a query is taken for depends on the whole support.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: a
bidirectional LSTM reads the support (g), and an LSTM that attends to the result reads the query over and over (f). Both are as
wide as the embeddings, because each output is added to its input. States pass through many steps, so they are float32 within.
"""

import keras
import tensorflow as tf

from zoo.layers.attention_kernel import attention
from zoo.layers.set_pooling import clear_padding, real_rows

DIRECTIONS = ("forward", "backward")


@keras.saving.register_keras_serializable("zoo")
class SupportContext(keras.layers.Layer):
    """Examples in the context of their support: `[B, N, D], int32 [B] -> [B, N, D]`, zeros for padding.

    g(x_i) = forward_i + backward_i + x_i, of an LSTM from the first row to the last real one and another one back. So the order
    of the rows matters; `canonical_order` is one that does not depend on how they came.
    """

    def build(self, rows_shape, support_size_shape=None):
        width = rows_shape[-1]
        self.cells = [_lstm_weights(self, name, width, width) for name in DIRECTIONS]
        self.built = True

    def call(self, rows, support_size):
        rows = clear_padding(tf.cast(rows, tf.float32), support_size)
        count, width = tf.shape(rows)[1], rows.shape[2]
        real = tf.squeeze(real_rows(support_size, count), 2)  # [B, N]
        both, some = (tf.stack([each, tf.reverse(each, [1])]) for each in (rows, real))  # a leading axis of directions
        kernel, recurrent, bias = (tf.stack([tf.cast(cell[part], tf.float32) for cell in self.cells]) for part in range(3))
        inputs = tf.matmul(both, tf.expand_dims(kernel, 1)) + tf.reshape(bias, [2, 1, 1, 4 * width])
        places, shape = tf.reshape(tf.range(count), [1, 1, -1, 1]), [2, rows.shape[0], width]

        def step(at, hidden, cell, outputs):
            gates = tf.gather(inputs, at, axis=2) + tf.matmul(hidden, recurrent)
            after, kept = _lstm(gates, cell)
            going = tf.expand_dims(tf.gather(some, at, axis=2), 2)  # padding passes the state on
            after, kept = (tf.ensure_shape(tf.where(going, *each), shape) for each in ((after, hidden), (kept, cell)))
            outputs = tf.where(tf.equal(places, at), tf.expand_dims(after, 2), outputs)
            return at + 1, after, kept, tf.ensure_shape(outputs, both.shape)

        start = tf.zeros(tf.stack([2, tf.shape(rows)[0], width]))
        state = (tf.constant(0), start, start, tf.zeros_like(both))
        *_, outputs = tf.while_loop(lambda at, *_: at < count, step, state)
        context = clear_padding(outputs[0] + tf.reverse(outputs[1], [1]) + rows, support_size)
        return tf.cast(context, self.compute_dtype)

    def compute_output_shape(self, rows_shape, support_size_shape=None):
        return tuple(rows_shape)


@keras.saving.register_keras_serializable("zoo")
class QueryContext(keras.layers.Layer):
    """Queries in the context of a support: `[B, M, D], [B, N, D], [B, N] -> [B, M, D]`.

    An LSTM takes several steps on one query x. Before each it reads from the support: r = sum_i a_i g_i, where a is the softmax
    of the dot products of its state h with every g_i. h starts as x, and x is added to it after every step. The third argument is
    above 0 where the support has such a row, else the row is padding.

    Args:
        steps: how many.
    """

    def __init__(self, steps=3, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps

    def build(self, query_shape, support_shape=None, real_shape=None):
        width = query_shape[-1]
        self.kernel, self.recurrent, self.bias = _lstm_weights(self, "cell", 2 * width, width)
        self.built = True

    def call(self, query, support, real):
        query, support, real = tf.cast(query, tf.float32), tf.cast(support, tf.float32), tf.convert_to_tensor(real) > 0
        support = tf.where(tf.expand_dims(real, 2), support, tf.zeros_like(support))
        kernel, recurrent, bias = (tf.cast(part, tf.float32) for part in (self.kernel, self.recurrent, self.bias))
        of_query, of_read = tf.split(kernel, 2)
        inputs = tf.matmul(query, of_query) + bias
        hidden, cell = query, tf.zeros_like(query)
        for _ in range(self.steps):
            read = tf.matmul(attention(tf.matmul(hidden, support, transpose_b=True), real), support)
            after, cell = _lstm(inputs + tf.matmul(read, of_read) + tf.matmul(hidden, recurrent), cell)
            hidden = after + query
        return tf.cast(hidden, self.compute_dtype)

    def compute_output_shape(self, query_shape, support_shape=None, real_shape=None):
        return tuple(query_shape)

    def get_config(self):
        return super().get_config() | {"steps": self.steps}


def canonical_order(rows, real):
    """An order of a support that does not depend on how it came: real rows first, by the sum of their numbers, the largest first.

    Args:
        rows: `[B, N, D]`.
        real: bool `[B, N]`.

    Returns:
        order and its inverse, int32 `[B, N]`, for `tf.gather(..., batch_dims=1)`.
    """
    total = tf.reduce_sum(rows, axis=2)
    key = tf.where(real, total, tf.fill(tf.shape(total), tf.constant(total.dtype.min, total.dtype)))
    order = tf.argsort(key, axis=1, direction="DESCENDING", stable=True)
    return order, tf.argsort(order, axis=1)


def _lstm_weights(layer, name: str, inputs: int, width: int) -> tuple:
    """Kernel, recurrent kernel and bias of four gates; the forget gate begins open, as is usual."""
    first = keras.ops.concatenate([keras.ops.full([at], value) for at, value in ((width, 0.0), (width, 1.0), (2 * width, 0.0))])
    return (
        layer.add_weight(name=f"{name}_kernel", shape=(inputs, 4 * width), initializer="glorot_uniform"),
        layer.add_weight(name=f"{name}_recurrent", shape=(width, 4 * width), initializer="glorot_uniform"),
        layer.add_weight(name=f"{name}_bias", shape=(4 * width,), initializer=lambda shape, dtype: keras.ops.cast(first, dtype)),
    )


def _lstm(gates, cell):
    """State and cell after one step of an LSTM, from its four gates `[..., 4 D]` (in, forget, candidate, out) and its cell."""
    enter, forget, candidate, leave = tf.split(gates, 4, axis=-1)
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(enter) * tf.tanh(candidate)
    return tf.sigmoid(leave) * tf.tanh(cell), cell
