"""Batch normalisation of every task on its own, exact in its first and second derivatives, which convert everywhere.

S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015,
algorithm 1, over the rows of one task. What is normalised later may take the moments of these rows, so that an answer does not
depend on which other queries come with it.
"""

import tensorflow as tf

from zoo.layers.differentiable import ValueAndGradient, add_to_rows, choose, product, scaled, sum_of_rows

EPSILON = 1e-3

Moments = tuple[tf.Tensor, tf.Tensor]


def task_moments(x: tf.Tensor, real: tf.Tensor) -> Moments:
    """Mean and variance over the real rows of each task, 0 without any: `[B, R, F], bool [B, R, 1] -> [B, F], [B, F]`."""
    rows = tf.broadcast_to(real, tf.shape(x))
    nothing = tf.zeros_like(x)
    share = 1.0 / tf.maximum(tf.reduce_sum(tf.cast(real, x.dtype), axis=1), 1.0)  # [B, 1]
    share = share + tf.zeros_like(x[:, 0])  # [B, F]
    mean = product(sum_of_rows(choose(rows, x, nothing)), share)
    apart = add_to_rows(x, scaled(mean, -1.0))
    return mean, product(sum_of_rows(choose(rows, product(apart, apart), nothing)), share)


def task_normalization(
    x: tf.Tensor, moments: Moments, offset: tf.Tensor, scale: tf.Tensor | None = None, epsilon: float = EPSILON
) -> tf.Tensor:
    """Normalise rows: (x - mean) / sqrt(variance + epsilon), times a scale, plus an offset.

    Args:
        x: `[B, R, F]`.
        moments: mean and variance, `[B, F]` each.
        offset: beta, `[B, F]`.
        scale: gamma, `[B, F]`; None for 1.
        epsilon: added to the variance.

    Returns:
        `[B, R, F]`.
    """
    mean, variance = moments
    factor = _inverse_root(add_constant(variance, epsilon))
    if scale is not None:
        factor = product(factor, scale)
    return add_to_rows(times_row(add_to_rows(x, scaled(mean, -1.0)), factor), offset)


@tf.custom_gradient
def times_row(x: tf.Tensor, row: tf.Tensor) -> ValueAndGradient:
    """Multiply every row by one row: `[B, R, F], [B, F] -> [B, R, F]`."""

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return times_row(upstream, row), sum_of_rows(product(upstream, x))

    return x * tf.expand_dims(row, -2), gradient


def add_constant(x: tf.Tensor, number: float) -> tf.Tensor:
    """Add a constant to x, of any shape."""

    @tf.custom_gradient
    def add(x: tf.Tensor) -> ValueAndGradient:
        return x + tf.cast(number, x.dtype), lambda upstream: upstream

    return add(x)


@tf.custom_gradient
def _inverse_root(x: tf.Tensor) -> ValueAndGradient:
    """One over the square root, element by element."""

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        root = _inverse_root(x)
        return scaled(product(upstream, product(root, product(root, root))), -0.5)

    return tf.math.rsqrt(x), gradient
