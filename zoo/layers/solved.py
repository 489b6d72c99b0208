"""Last layers that are solved: ridge regression, and multinomial logistic regression by Böhning's bound.

D. Böhning, "Multinomial logistic regression algorithm", 1992: the curvature of the log likelihood is nowhere more than
½ ΦᵀΦ, so one inverse serves all steps, each of which raises the posterior. The inverse is G. Schulz' iteration of 1933, products
alone, which every runtime has; what it has not reached after its steps is a prior that is a little stronger.
"""

from typing import Any

import tensorflow as tf

PRODUCTS = 12  # iterations of the inverse, two products each
STRENGTHS = (1.0 / 8.0, 1.0, 32.0)  # of a prior, beside the one that is asked for; weaker ones are not solved well in float32
LEAST_SHARE, LEAST_ERROR = 0.1, 1e-4  # of a row that its own leverage leaves, and of a variance


@tf.custom_gradient
def inverse(a: tf.Tensor) -> Any:
    """The inverse of symmetric positive matrices, `[B, P, P]`, from below: X <- X (2 I - A X), on a unit diagonal."""
    eye = tf.eye(tf.shape(a)[1], dtype=a.dtype)
    side = tf.math.rsqrt(tf.reduce_sum(a * eye, axis=2))
    scale = tf.expand_dims(side, 2) * tf.expand_dims(side, 1)
    unit = a * scale
    x = eye / tf.reduce_max(tf.reduce_sum(tf.abs(unit), axis=2, keepdims=True), axis=1, keepdims=True)
    for _ in range(PRODUCTS):
        x = tf.matmul(x, 2.0 * eye - tf.matmul(unit, x))
    found = x * scale

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        return -tf.matmul(found, tf.matmul(upstream, found), transpose_a=True)

    return found, gradient


def logistic(features: tf.Tensor, labels: tf.Tensor, precision: tf.Tensor, known: tf.Tensor, steps: int) -> tf.Tensor:
    """Weights of multinomial logistic regression, near the most likely ones a posteriori.

    Args:
        features: `[B, N, P]`; rows of zeros do not count.
        labels: `[B, N, K]`, one-hot, rows of zeros where the features are.
        precision: of the prior of each feature's weights, `[B, P]`.
        known: float32 `[B, 1, K]`, 1 for classes that the labels show.
        steps: with Nesterov's momentum; stopping early is part of the model.

    Returns:
        `[B, P, K]`.
    """
    curvature = 0.5 * tf.matmul(features, features, transpose_a=True) + _diagonal(precision)
    bound = inverse(curvature)
    counts = tf.reduce_sum(labels, axis=2, keepdims=True)  # [B, N, 1]: 1 for rows that count
    shut = (known - 1.0) * 1e4
    weights = ahead = tf.zeros_like(tf.matmul(features, labels, transpose_a=True))
    for step in range(steps):
        odds = tf.nn.softmax(tf.matmul(features, ahead) + shut) * counts
        slope = tf.matmul(features, labels - odds, transpose_a=True) - tf.expand_dims(precision, 2) * ahead
        new = ahead + tf.matmul(bound, slope)
        ahead = new + step / (step + 3.0) * (new - weights)
        weights = new
    return weights


def ridge(
    features: tf.Tensor, labels: tf.Tensor, precision: tf.Tensor, lean: tf.Tensor, trust: tf.Tensor, steps: int
) -> tf.Tensor:
    """Weights of ridge regression, `[B, P, K]`: of priors of several strengths a mean, by how well each leaves one row out.

    The error of a row that is left out is that of the fit over 1 less the row's leverage: D. Allen, "The relationship between
    variable selection and data augmentation and a method for prediction", 1974.

    Args:
        features, labels, precision: as of `logistic`; labels are numbers `[B, N, K]` whose variance is about 1.
        lean: `[B, len(STRENGTHS)]`, logits of each strength before any row is left out.
        trust: `[B, 1]`, how much the logarithm of an error counts beside these.
        steps: that refine the inverse.
    """
    gram = tf.matmul(features, features, transpose_a=True)
    wanted = tf.matmul(features, labels, transpose_a=True)
    rows = tf.maximum(tf.reduce_sum(tf.square(features[:, :, :1]), axis=[1, 2]), 1.0)  # the intercept is 1 for rows that count
    fits, errors = [], []
    for strength in STRENGTHS:
        curvature = gram + _diagonal(precision * strength)
        bound = inverse(curvature)
        weights = tf.matmul(bound, wanted)
        for _ in range(steps):
            weights += tf.matmul(bound, wanted - tf.matmul(curvature, weights))
        leverage = tf.reduce_sum(tf.matmul(features, bound) * features, axis=2, keepdims=True)
        left_out = (labels - tf.matmul(features, weights)) / tf.maximum(1.0 - leverage, LEAST_SHARE)
        fits.append(weights)
        errors.append(tf.reduce_sum(tf.square(left_out), axis=[1, 2]) / rows)
    share = tf.nn.softmax(lean - trust * tf.math.log(tf.stack(errors, axis=1) + LEAST_ERROR))  # [B, S]
    mean = tf.zeros_like(wanted)
    for place, weights in enumerate(fits):
        mean += weights * tf.reshape(share[:, place], [-1, 1, 1])
    return mean


def _diagonal(x: tf.Tensor) -> tf.Tensor:
    """Matrices with `x [B, P]` on their diagonals."""
    return tf.expand_dims(x, 2) * tf.eye(tf.shape(x)[1], dtype=x.dtype)
