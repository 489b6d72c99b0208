"""Pooling over a set of examples: exact under permutation and in parts, blind to padding.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 3: P_j = max_i H_ij; equation 4, the influence.
Every function has a gradient that converts to ONNX and LiteRT under dynamic shapes.
"""

import math

import keras
import tensorflow as tf
from keras import ops

from zoo.layers.differentiable import choose

Summary = dict[str, tf.Tensor]
LIMBS = (4, 16, 28)  # binary places after the point that each part of a number keeps


def real_rows(support_size, rows):
    """Tell the real rows of a padded set from its padding.

    Args:
        support_size: int32 `[B]`, how many leading rows of each task are real.
        rows: N, the padded number of rows.

    Returns:
        bool `[B, N, 1]`, true where the row is real.
    """
    index = ops.expand_dims(ops.arange(rows, dtype="int32"), 0)  # [1, N]
    real = ops.less(index, ops.expand_dims(ops.cast(support_size, "int32"), 1))  # [B, N]
    return ops.expand_dims(real, 2)


def is_among(candidate_x, support_x, support_size):
    """Whether a candidate is a real row of the support: `[B, C, ...], [B, N, ...] -> bool [B, C]`."""
    numbers = math.prod(candidate_x.shape[2:])
    candidates, known = (tf.reshape(x, [-1, tf.shape(x)[1], numbers]) for x in (candidate_x, support_x))
    same = tf.reduce_all(tf.equal(tf.expand_dims(candidates, 2), tf.expand_dims(known, 1)), axis=3)  # [B, C, N]
    real = tf.transpose(real_rows(support_size, tf.shape(known)[1]), [0, 2, 1])  # [B, 1, N]
    return tf.reduce_any(tf.logical_and(same, real), axis=2)


def clear_padding(x, support_size):
    """Set the rows of `x [B, N, d]` beyond `support_size [B]` to zero, whatever they hold, NaN and infinity included."""
    return choose(real_rows(support_size, ops.shape(x)[1]), x, ops.zeros_like(x))


@tf.custom_gradient
def largest(x):
    """The largest row value of every column, `[B, N, d] -> [B, d]`; rows that tie share the gradient, as in TensorFlow."""
    top = tf.reduce_max(x, axis=1)

    def gradient(upstream):
        wins = tf.cast(tf.equal(x, tf.expand_dims(top, 1)), x.dtype)
        return wins * tf.expand_dims(upstream / tf.reduce_sum(wins, axis=1), 1)

    return top, gradient


@tf.custom_gradient
def limb_sums(x):
    """Sum float32 `x [B, N, d]` over axis 1 in three parts, to the same bits in whatever order and groups the rows are added.

    Every number is cut into multiples of 2^-4, of 2^-16 and of 2^-28, the nearest each; what is left, at most 2^-29, is dropped.
    Multiples of one unit add without rounding while the sum stays within 2^24 units. So the sum of a union is the sum of the sums
    of its parts, to the last bit, for up to 8192 rows whose absolute values add up to less than 2^20; beyond, the last bits
    depend on the order. Numbers from 2^124 on overflow. The idea is J. Demmel's and H. D. Nguyen's, "Fast reproducible
    floating-point summation", 2013, with units that do not depend on the numbers. The gradient is that of a plain sum.

    Returns:
        `[B, 3, d]`, the coarsest part first.
    """
    sums, rest = [], x
    for places in LIMBS:
        part = tf.round(rest * 2.0**places) * 2.0**-places
        sums.append(tf.reduce_sum(part, axis=1))
        rest = rest - part
    return tf.stack(sums, axis=1), lambda upstream: tf.expand_dims(tf.unstack(upstream, axis=1)[0], 1) + tf.zeros_like(x)


@tf.custom_gradient
def mean_of_limbs(sums, count):
    """The mean from the sums of `limb_sums [B, 3, d]` and the number of rows, float32 `[B, 1]`; always added finest first."""
    coarse, middle, fine = tf.unstack(sums, axis=1)
    return (coarse + (middle + fine)) / count, lambda upstream: (tf.stack(3 * [upstream / count], axis=1), None)


@keras.saving.register_keras_serializable("zoo")
class SetPooling(keras.layers.Layer):
    """Pool the real rows of a set: `[B, N, d], support_size int32 [B] -> [B, d]`.

    The result does not depend on the order of the rows, to the last bit: a maximum has no order, and the mean is made from
    `limb_sums`, within whose bounds this holds. A task without any real row pools to zeros.

    A call is `summary`, then `pooled`. A *summary* is what is kept of a set: float32, a few numbers for each column, however
    many rows there were. Summaries of two sets `merge` into that of their union. For "max" it is `max [B, d]` and
    `row` int32 `[B, d]`, the first row that reached it; for "mean" it is `sum [B, 3, d]`. That of a set without rows is
    ignored, whatever its numbers.

    Args:
        mode: "max" (the paper's) or "mean".

    Raises:
        ValueError: for another mode.
    """

    def __init__(self, mode="max", **kwargs):
        super().__init__(**kwargs)
        if mode not in ("max", "mean"):
            raise ValueError(f"SetPooling(mode={mode!r}): unknown mode; choose 'max' or 'mean'.")
        self.mode = mode

    def build(self, input_shape):
        self.built = True

    def call(self, rows, support_size):
        return self.pooled(self.summary(rows, support_size), support_size)

    def summary(self, rows, support_size) -> Summary:
        """What is kept of a set `[B, N, d]`."""
        rows = ops.cast(rows, "float32")
        if self.mode == "mean":
            return {"sum": limb_sums(clear_padding(rows, support_size))}
        real = choose(real_rows(support_size, ops.shape(rows)[1]), rows, ops.full_like(rows, float("-inf")))
        top = largest(real)
        some = _some(support_size, 1)
        return {"max": choose(some, top, ops.zeros_like(top)), "row": tf.argmax(real, axis=1, output_type=tf.int32)}

    def merge(self, one: Summary, one_size, other: Summary, other_size) -> Summary:
        """The summary of the union of two sets, of `one_size [B]` and `other_size [B]` rows; those of `one` come first."""
        if self.mode == "mean":
            parts = ((one["sum"], one_size), (other["sum"], other_size))
            return {"sum": tf.add_n([choose(_some(size, 2), part, ops.zeros_like(part)) for part, size in parts])}
        first = choose(_some(one_size, 1), one["max"], ops.full_like(one["max"], float("-inf")))
        wins = tf.logical_and(_some(other_size, 1), other["max"] > first)
        row = tf.where(wins, tf.expand_dims(one_size, 1) + other["row"], one["row"])
        return {"max": choose(wins, other["max"], one["max"]), "row": row}

    def pooled(self, summary: Summary, support_size):
        """The pool `[B, d]` of a set of which this summary was kept."""
        if self.mode == "mean":
            count = ops.expand_dims(ops.cast(ops.maximum(support_size, 1), "float32"), 1)  # [B, 1]
            pooled = mean_of_limbs(summary["sum"], count)
        else:
            pooled = summary["max"]
        return ops.cast(choose(_some(support_size, 1), pooled, ops.zeros_like(pooled)), self.compute_dtype)

    def shares(self, summary: Summary, support_size, rows):
        """Share of every row in the pool, `[B, rows]`, in [0, 1]; they add up to 1 unless there is no real row.

        For "max" the fraction of columns that a row wins (the first one where several tie); for "mean" one over their number.

        Args:
            summary: of a set.
            support_size: int32 `[B]`, real rows of that set.
            rows: N, how many shares are wanted; at least every real row's.
        """
        real = ops.cast(real_rows(support_size, rows), "float32")  # [B, N, 1]
        if self.mode == "mean":
            count = ops.cast(ops.maximum(support_size, 1), "float32")
            return ops.squeeze(real, 2) / ops.expand_dims(count, 1)
        index = ops.reshape(ops.arange(rows, dtype="int32"), (1, -1, 1))
        wins = ops.equal(index, ops.expand_dims(summary["row"], 1))  # [B, N, d]
        return ops.mean(ops.cast(wins, "float32") * real, axis=2)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


def _some(support_size, axes: int):
    """Whether there is a real row: bool `[B, 1, ...]` with so many axes of 1."""
    some = ops.greater(support_size, 0)
    for _ in range(axes):
        some = ops.expand_dims(some, -1)
    return some
