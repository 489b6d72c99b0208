"""Columns of a table as numbers of one size: standardised by the support, clipped softly, and warped to normal scores.

A number that is missing is NaN, and stands for the mean of its column. Only the support decides how a column is read, so that
queries tell a task nothing.
"""

from statistics import NormalDist

import tensorflow as tf

CLIP = 3.0  # deviations at which the soft clip flattens
LARGEST = 3e38  # a number is present if it is not beyond; of NaN no comparison is true
TINY = 1e-30
CONSTANT = 1e-12  # variance, relative to the largest square, below which a column is constant
STEP = 1e-3  # deviations on both sides of a knot within which equal values count as half below


def present(x: tf.Tensor) -> tf.Tensor:
    """Whether a number is there: bool, of any shape."""
    return tf.less_equal(tf.abs(x), LARGEST)


def standardisation(x: tf.Tensor, real: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean and one over the deviation of every column.

    Args:
        x: `[B, N, C]`, NaN where a number is missing.
        real: float32 `[B, N, 1]`, 1 for rows that count and 0 for padding.

    Returns:
        shift and scale, `[B, C]`; the scale of a column that is constant, or all missing, is 0.
    """
    known = present(x)
    weight = tf.where(known, tf.ones_like(x) * real, tf.zeros_like(x))
    safe = tf.where(known, x, tf.zeros_like(x)) * real
    top = tf.maximum(tf.reduce_max(tf.abs(safe), axis=1), TINY)  # so that no square overflows
    unit = safe / tf.expand_dims(top, 1)
    count = tf.maximum(tf.reduce_sum(weight, axis=1), 1.0)
    mean = tf.reduce_sum(unit, axis=1) / count
    variance = tf.reduce_sum(weight * tf.square(unit - tf.expand_dims(mean, 1)), axis=1) / count
    varies = tf.greater(variance, CONSTANT)
    scale = tf.where(varies, tf.math.rsqrt(tf.maximum(variance, CONSTANT)) / top, tf.zeros_like(top))
    return mean * top, scale


def standardised(x: tf.Tensor, shift: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    """Deviations from the mean, `[B, N, C]`; 0 where a number is missing."""
    away = (tf.where(present(x), x, tf.expand_dims(shift, 1)) - tf.expand_dims(shift, 1)) * tf.expand_dims(scale, 1)
    return tf.clip_by_value(away, -1e4, 1e4)


def softly_clipped(z: tf.Tensor, reach: float = CLIP) -> tf.Tensor:
    """Deviations within ±`reach`, smoothly."""
    return reach * tf.tanh(z / reach)


def scores(knots: int) -> tuple[float, ...]:
    """The normal scores of as many evenly spaced quantiles."""
    return tuple(NormalDist().inv_cdf((place + 0.5) / knots) for place in range(knots))


def quantiles(z: tf.Tensor, real: tf.Tensor, knots: int) -> tf.Tensor:
    """Evenly spaced quantiles of the rows that count, `[B, N, C] -> [B, C, knots]`, between order statistics."""
    ordered = tf.sort(z + (1.0 - real) * 1e6, axis=1)  # padding comes last
    count = tf.reduce_sum(real, axis=[1, 2])  # [B]
    levels = tf.constant([(place + 0.5) / knots for place in range(knots)], tf.float32)
    at = tf.clip_by_value(tf.expand_dims(count, 1) * levels - 0.5, 0.0, tf.maximum(tf.expand_dims(count, 1) - 1.0, 0.0))
    rows = tf.cast(tf.range(tf.shape(z)[1]), tf.float32)
    share = tf.maximum(0.0, 1.0 - tf.abs(tf.expand_dims(at, 2) - rows))  # [B, knots, N]
    return tf.matmul(ordered, share, transpose_a=True, transpose_b=True)


def normal_scores(z: tf.Tensor, knots: tf.Tensor) -> tf.Tensor:
    """The normal score of each number among the support's: `[B, M, C], [B, C, knots] -> [B, M, C]`, linear between quantiles."""
    levels = scores(knots.shape[2])
    below, total = knots[:, :, 0], levels[0]
    for place in range(1, len(levels)):
        above = knots[:, :, place]
        rise = 1.0 / (above - below + 2.0 * STEP)
        share = (z - tf.expand_dims(below - STEP, 1)) * tf.expand_dims(rise, 1)
        total = (levels[place] - levels[place - 1]) * tf.clip_by_value(share, 0.0, 1.0) + total
        below = above
    return total
