"""Classes known by when they first appeared in a sequence, whatever their names."""

import tensorflow as tf


def appearance(label: tf.Tensor, ways: int, known: tf.Tensor | None = None) -> tf.Tensor:
    """Which class of a task is the first to appear, which the second, and so on: `[B, N, K] -> one-hot [B, K, ways]`.

    Zeros for a class that does not appear, or after so many others. Of classes that appear in one row the first column is first.

    Args:
        label: one-hot, zeros for a row without a label.
        ways: how many classes have a slot.
        known: what this function gave for the rows before these, of the same K classes; those keep their slots.
    """
    rows, kinds = tf.shape(label)[1], tf.shape(label)[2]
    place = tf.reshape(tf.range(rows), [1, -1, 1])
    never = tf.fill(tf.shape(label), rows)
    first = tf.reduce_min(tf.where(label > 0.0, tf.zeros_like(never) + place, never), axis=1)  # [B, K]
    if known is not None:
        before = tf.cast(tf.argmax(known, axis=2), tf.int32) - ways
        first = tf.where(tf.reduce_max(known, axis=2) > 0.5, before, first)
    key = first * kinds + tf.expand_dims(tf.range(kinds), 0)  # no two alike
    earlier = tf.expand_dims(key, 1) < tf.expand_dims(key, 2)  # [B, K, K]: whether the second class comes before the first
    rank = tf.reduce_sum(tf.cast(earlier, tf.int32), axis=2)
    rank = tf.where(first < rows, rank, tf.fill(tf.shape(rank), ways))
    return tf.cast(tf.equal(tf.expand_dims(rank, 2), tf.reshape(tf.range(ways), [1, 1, -1])), tf.float32)
