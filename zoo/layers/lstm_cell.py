"""One step of an LSTM, of gates that are computed already.

S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997, with the forget gate of F. Gers, J. Schmidhuber, F. Cummins,
"Learning to forget: continual prediction with LSTM", 2000.
"""

import tensorflow as tf


def lstm(gates: tf.Tensor, cell: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """State and cell `[..., D]` after a step of an LSTM, from its gates `[..., 4 D]` (in, forget, candidate, out) and cell."""
    enter, forget, candidate, leave = tf.split(gates, 4, axis=-1)
    return lstm_step(enter, forget, candidate, leave, cell)


def lstm_step(
    enter: tf.Tensor, forget: tf.Tensor, candidate: tf.Tensor, leave: tf.Tensor, cell: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """As `lstm`, of gates one by one, each `[..., D]` and before its activation."""
    cell = tf.sigmoid(forget) * cell + tf.sigmoid(enter) * tf.tanh(candidate)
    return tf.sigmoid(leave) * tf.tanh(cell), cell
