"""Rows of padding, and sizes that are none: what comes in from outside is made safe before anything is learned from it."""

import math

import tensorflow as tf

from zoo.layers import clear_padding


def clear_rows(x: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Set rows of any shape, `x [B, N, ...]`, beyond `support_size [B]` to zero, whatever they hold."""
    x = tf.convert_to_tensor(x)
    if x.shape.rank == 3:
        return clear_padding(x, support_size)
    inner = x.shape[2:]
    width = math.prod(inner) if inner.is_fully_defined() else tf.reduce_prod(tf.shape(x)[2:])
    rows = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], width])
    return tf.reshape(clear_padding(rows, support_size), tf.shape(x))


def clamped(support_size: tf.Tensor, support_x: tf.Tensor) -> tf.Tensor:
    """A support size `int32 [B]` within 1 … N, the rows of `support_x [B, N, ...]`, so that no graph answers nonsense."""
    return tf.minimum(tf.maximum(support_size, 1), tf.shape(support_x)[1])
