"""Prototypes: a class is the mean of its embedded examples, and a query is scored by its distance to every class.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017: c_k (equation 1), logits -d(f(x), c_k)
(equation 2) with the squared Euclidean distance, neither rooted nor divided by the width. Classes may have different numbers of
examples.
"""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.set_pooling import clear_padding

DISTANCES = ("squared_euclidean", "cosine", "manhattan")
NO_EXAMPLE = -1e6  # logit of a class that has no example: it is never predicted, and its probability is 0
COSINE_SCALE = 10.0  # logits of cosines lie within +-10: a softmax of numbers within +-1 could never be sure


def class_means(embedded, support_y, support_size):
    """Prototypes and how many examples each stands for.

    Args:
        embedded: `[B, N, D]`.
        support_y: one-hot labels `[B, N, ways]`, or weights of 0 or more; what is negative counts as 0.
        support_size: int32 `[B]`; rows from there on are padding, and may hold NaN.

    Returns:
        prototype `[B, ways, D]` and count `[B, ways]`, float32; zeros for a class without example.
    """
    weight = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)
    rows = clear_padding(tf.cast(embedded, tf.float32), support_size)
    count = tf.reduce_sum(weight, axis=1)
    return _mean(tf.matmul(weight, rows, transpose_a=True), count), count


def class_spreads(embedded, support_y, support_size, prototype):
    """Sum over the examples of each class of their squared Euclidean distance to its prototype, `[B, ways]`.

    What leaving one out would tell follows from it: the mean of the other n - 1 examples is n / (n - 1) times as far away from
    the one left out. So the sum over n - 1 is the squared distance of an example to its class, without the favour of having been
    in the mean.

    Args:
        embedded, support_y, support_size: as for `class_means`.
        prototype: `[B, ways, D]`, what that gave.
    """
    weight = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)
    rows = clear_padding(tf.cast(embedded, tf.float32), support_size)
    own = _mean(tf.matmul(weight, prototype), tf.reduce_sum(weight, axis=2))  # [B, N, D]: of the class of each example
    return tf.squeeze(tf.matmul(weight, tf.expand_dims(_squared_length(rows - own), 2), transpose_a=True), 2)


def merged_spreads(one, other):
    """Spreads `[B, ways]` of two sets of examples together; each is a dict of "prototype", "count" and "spread"."""
    product, total = one["count"] * other["count"], one["count"] + other["count"]
    apart = product / tf.where(total > 0.0, total, tf.ones_like(total))
    return one["spread"] + other["spread"] + apart * _squared_length(one["prototype"] - other["prototype"])


def merged_means(one, one_count, other, other_count):
    """Prototypes `[B, ways, D]` and counts `[B, ways]` of two sets of examples together, from those of each."""
    count = one_count + other_count
    return _mean(one * tf.expand_dims(one_count, 2) + other * tf.expand_dims(other_count, 2), count), count


def padded_ways(arrays: dict[str, np.ndarray], ways: int) -> dict[str, np.ndarray]:
    """Arrays `[B, ways, ...]` with zeros for further classes, `ways` in all."""
    return {
        name: np.pad(value, [(0, 0), (0, ways - value.shape[1]), *[(0, 0)] * (value.ndim - 2)]) for name, value in arrays.items()
    }


def _mean(total, count):
    return total / tf.expand_dims(tf.where(count > 0.0, count, tf.ones_like(count)), 2)


@keras.saving.register_keras_serializable("zoo")
class PrototypeLogits(keras.layers.Layer):
    """Score queries against prototypes: `[B, M, D], [B, ways, D] -> [B, M, ways]`, minus the distance.

    Args:
        distance: "squared_euclidean" (the paper's), "cosine" (the cosine times `COSINE_SCALE`), or "manhattan" (the sum of
            absolute differences).

    Raises:
        ValueError: for another distance.
    """

    def __init__(self, distance="squared_euclidean", **kwargs):
        super().__init__(**kwargs)
        if distance not in DISTANCES:
            raise ValueError(f"PrototypeLogits(distance={distance!r}): choose one of {', '.join(map(repr, DISTANCES))}.")
        self.distance = distance

    def build(self, query_shape, prototype_shape=None):
        self.built = True

    def call(self, query, prototype):
        if self.distance == "manhattan":
            return -tf.reduce_sum(tf.abs(tf.expand_dims(query, 2) - tf.expand_dims(prototype, 1)), axis=3)
        if self.distance == "cosine":
            return COSINE_SCALE * tf.matmul(unit_rows(query), unit_rows(prototype), transpose_b=True)
        return negative_squared_distances(query, prototype)

    def compute_output_shape(self, query_shape, prototype_shape):
        return (*query_shape[:2], prototype_shape[1])


def without_empty(logits, count):
    """Logits `[B, M, ways]` with `NO_EXAMPLE` for every class whose count `[B, ways]` is zero."""
    some = tf.expand_dims(count > 0.0, 1)
    return tf.where(some, logits, tf.fill(tf.shape(logits), tf.constant(NO_EXAMPLE, logits.dtype)))


def negative_squared_distances(query, rows):
    """Minus the squared Euclidean distance of every pair: `[B, M, D], [B, N, D] -> [B, M, N]`."""
    lengths = tf.expand_dims(_squared_length(query), 2) + tf.expand_dims(_squared_length(rows), 1)
    return 2.0 * tf.matmul(query, rows, transpose_b=True) - lengths


def _squared_length(rows):
    return tf.reduce_sum(tf.square(rows), axis=2)


def unit_rows(rows):
    """Rows `[B, N, D]` at length 1; a row of zeros stays one."""
    length = tf.sqrt(tf.reduce_sum(tf.square(rows), axis=2, keepdims=True) + 1e-12)
    return rows / length
