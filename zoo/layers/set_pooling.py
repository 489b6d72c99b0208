"""Pooling over a set of examples: independent of their order to the last bit, mergeable from parts, blind to padding.

Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3: P_j = max_i H_ij; equation 4, the influence.
Every function has a gradient that converts to ONNX and LiteRT under dynamic shapes.

`support_size` is the number of real rows of each task, 1 to N of N padded rows. It is a tensor inside a graph, so layers neither
check nor clamp it: that is up to the learner that calls them. What happens outside this range:

- 0 or less: no row is real. A pool is zeros, all shares are 0, and `merge` ignores the set.
- more than N: all N rows are real. A maximum, and its shares, are right. A mean is wrong: its sum is over N rows, and it is
  divided by `support_size`, as are its shares. After `merge`, row numbers of the second set start at `support_size`, not at N.
"""

import math

import keras
import tensorflow as tf
from keras import ops

from zoo.layers.differentiable import ValueAndGradient, choose
from zoo.layers.shapes import KerasShape

Summary = dict[str, tf.Tensor]  # the tensors [B, ...] from which a pool is computed, see `SetPooling`
LIMBS = (4, 16, 28)  # binary places after the point that each part of a number keeps


def real_rows(support_size: tf.Tensor, rows: int | tf.Tensor) -> tf.Tensor:
    """Mask of the real rows of a padded set.

    Args:
        support_size: int32 `[B]`, how many leading rows of each task are real: none if 0 or less, all if more than N.
        rows: N, the padded number of rows.

    Returns:
        bool `[B, N, 1]`, true where the row is real.
    """
    index = ops.expand_dims(ops.arange(rows, dtype="int32"), 0)  # [1, N]
    real = ops.less(index, ops.expand_dims(ops.cast(support_size, "int32"), 1))  # [B, N]
    return ops.expand_dims(real, 2)


def is_among(candidate_x: tf.Tensor, support_x: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Whether a candidate equals a real row of the support in all its numbers: `[B, C, ...], [B, N, ...] -> bool [B, C]`."""
    numbers = math.prod(candidate_x.shape[2:])
    candidates, known = (tf.reshape(x, [-1, tf.shape(x)[1], numbers]) for x in (candidate_x, support_x))  # [B, rows, numbers]
    same = tf.reduce_all(tf.equal(tf.expand_dims(candidates, 2), tf.expand_dims(known, 1)), axis=3)  # [B, C, N]
    real = tf.transpose(real_rows(support_size, tf.shape(known)[1]), [0, 2, 1])  # [B, 1, N]
    return tf.reduce_any(tf.logical_and(same, real), axis=2)


def clear_padding(x: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Set the rows of `x [B, N, d]` from `support_size [B]` on to zero, whatever they hold, NaN and infinity included."""
    return choose(real_rows(support_size, ops.shape(x)[1]), x, ops.zeros_like(x))


@tf.custom_gradient
def largest(x: tf.Tensor) -> ValueAndGradient:
    """The maximum of every column over the rows, `[B, N, d] -> [B, d]`; rows that tie share the gradient, as in TensorFlow."""
    top = tf.reduce_max(x, axis=1)  # [B, d]

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        wins = tf.cast(tf.equal(x, tf.expand_dims(top, 1)), x.dtype)  # [B, N, d]
        return wins * tf.expand_dims(upstream / tf.reduce_sum(wins, axis=1), 1)

    return top, gradient


@tf.custom_gradient
def limb_sums(x: tf.Tensor) -> ValueAndGradient:
    """Sum float32 `x [B, N, d]` over the rows in three parts, with the same bits for every order and grouping of the rows.

    Every number is split into the nearest multiples of 2^-4, of 2^-16 and of 2^-28; the rest, at most 2^-29, is dropped.
    Multiples of one unit add without rounding while the sum stays within 2^24 units. So the sum of a union is the sum of the sums
    of its parts, to the last bit, for up to 8192 rows whose absolute values sum to less than 2^20; beyond that, the last bits
    depend on the order. Numbers from 2^124 on overflow. The gradient is that of a plain sum.

    Reference: J. Demmel, H. D. Nguyen, "Fast reproducible floating-point summation", 2013. Departure: here the units do not
    depend on the numbers.

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
def mean_of_limbs(sums: tf.Tensor, count: tf.Tensor) -> ValueAndGradient:
    """The mean `[B, d]` from the sums of `limb_sums [B, 3, d]` and the number of rows, float32 `[B, 1]`; added finest first."""
    coarse, middle, fine = tf.unstack(sums, axis=1)
    return (coarse + (middle + fine)) / count, lambda upstream: (tf.stack(3 * [upstream / count], axis=1), None)


@keras.saving.register_keras_serializable("zoo")
class SetPooling(keras.layers.Layer):
    """Pool the real rows of a set: `[B, N, d], support_size int32 [B] -> [B, d]`.

    The result does not depend on the order of the rows, to the last bit: a maximum has no order, and the mean is computed from
    `limb_sums`, within the bounds given there. For a `support_size` outside 1 to N see `zoo.layers.set_pooling`: with 0 the pool
    is zeros.

    A call is `summary`, then `pooled`. A *summary* holds all that the pool of a set needs, in float32, and its size does not
    depend on the number of rows; `merge` gives the summary of the union of two sets from theirs. For "max" it is `max [B, d]` and
    `row` int32 `[B, d]`, the first row with this maximum; for "mean" it is `sum [B, 3, d]`. The summary of a set without rows is
    ignored, even if it holds NaN.

    Reference: Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 3 (the maximum) and equation 4
    (the influence, here `shares`).

    Args:
        mode: "max" (the paper's) or "mean".

    Raises:
        ValueError: for another mode.
    """

    def __init__(self, mode: str = "max", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if mode not in ("max", "mean"):
            raise ValueError(f"SetPooling(mode={mode!r}): unknown mode; choose 'max' or 'mean'.")
        self.mode = mode

    def build(self, input_shape: KerasShape) -> None:
        self.built = True

    def call(self, rows: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        return self.pooled(self.summary(rows, support_size), support_size)

    def summary(self, rows: tf.Tensor, support_size: tf.Tensor) -> Summary:
        """The summary of a set `[B, N, d]`, of which `support_size [B]` rows are real."""
        rows = ops.cast(rows, "float32")
        if self.mode == "mean":
            return {"sum": limb_sums(clear_padding(rows, support_size))}
        real = choose(real_rows(support_size, ops.shape(rows)[1]), rows, ops.full_like(rows, float("-inf")))  # [B, N, d]
        top = largest(real)  # [B, d]
        some = _some(support_size, 1)
        return {"max": choose(some, top, ops.zeros_like(top)), "row": tf.argmax(real, axis=1, output_type=tf.int32)}

    def merge(self, one: Summary, one_size: tf.Tensor, other: Summary, other_size: tf.Tensor) -> Summary:
        """The summary of the union of two sets, of `one_size [B]` and `other_size [B]` rows; those of `one` come first."""
        if self.mode == "mean":
            parts = ((one["sum"], one_size), (other["sum"], other_size))
            return {"sum": tf.add_n([choose(_some(size, 2), part, ops.zeros_like(part)) for part, size in parts])}
        first = choose(_some(one_size, 1), one["max"], ops.full_like(one["max"], float("-inf")))
        wins = tf.logical_and(_some(other_size, 1), other["max"] > first)
        row = tf.where(wins, tf.expand_dims(one_size, 1) + other["row"], one["row"])
        return {"max": choose(wins, other["max"], one["max"]), "row": row}

    def pooled(self, summary: Summary, support_size: tf.Tensor) -> tf.Tensor:
        """The pool `[B, d]` of a set of `support_size [B]` real rows, any number after `merge`, from its summary."""
        if self.mode == "mean":
            count = ops.expand_dims(ops.cast(ops.maximum(support_size, 1), "float32"), 1)  # [B, 1]
            pooled = mean_of_limbs(summary["sum"], count)
        else:
            pooled = summary["max"]
        return ops.cast(choose(_some(support_size, 1), pooled, ops.zeros_like(pooled)), self.compute_dtype)

    def shares(self, summary: Summary, support_size: tf.Tensor, rows: int | tf.Tensor) -> tf.Tensor:
        """Share of every row in the pool, in [0, 1]; the shares of a set sum to 1, or are all 0 if it has no real row.

        For "max" the fraction of columns whose maximum is in this row, the first row if several tie (equation 4); for "mean" 1
        over the number of real rows.

        Args:
            summary: of a set.
            support_size: int32 `[B]`, number of real rows of that set.
            rows: N, the number of shares to return, at least that of the real rows.

        Returns:
            float32 `[B, N]`.
        """
        real = ops.cast(real_rows(support_size, rows), "float32")  # [B, N, 1]
        if self.mode == "mean":
            count = ops.cast(ops.maximum(support_size, 1), "float32")
            return ops.squeeze(real, 2) / ops.expand_dims(count, 1)
        index = ops.reshape(ops.arange(rows, dtype="int32"), (1, -1, 1))
        wins = ops.equal(index, ops.expand_dims(summary["row"], 1))  # [B, N, d]
        return ops.mean(ops.cast(wins, "float32") * real, axis=2)

    def compute_output_shape(self, input_shape: KerasShape) -> KerasShape:
        return (input_shape[0], input_shape[2])


def _some(support_size: tf.Tensor, axes: int) -> tf.Tensor:
    """Whether there is a real row: bool `[B, 1, ...]` with `axes` further axes of size 1."""
    some = ops.greater(support_size, 0)
    for _ in range(axes):
        some = ops.expand_dims(some, -1)
    return some
