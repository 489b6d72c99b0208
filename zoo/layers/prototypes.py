"""Prototypes: a class is the mean of its embedded examples, and a query is scored by its distance to every class.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017: c_k (equation 1), logits -d(f(x), c_k)
(equation 2) with the squared Euclidean distance, neither rooted nor divided by the width. Classes may have different numbers of
examples.
"""

from collections.abc import Mapping

import keras
import tensorflow as tf

from zoo.layers.set_pooling import clear_padding
from zoo.layers.shapes import KerasShape

DISTANCES = ("squared_euclidean", "cosine", "manhattan")
NO_EXAMPLE = -1e6  # logit of a class without examples: it is never predicted, and its probability is 0
COSINE_SCALE = 10.0  # of cosines, so that logits lie within +-10: a softmax of numbers within +-1 cannot become confident


def class_means(embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Prototypes, and the number of examples of each.

    Reference: Snell et al., "Prototypical networks for few-shot learning", 2017, equation 1.

    Args:
        embedded: `[B, N, D]`.
        support_y: one-hot labels `[B, N, ways]`, or weights of 0 or more; a negative number counts as 0, so a row without a
            positive one has no label and is ignored.
        support_size: int32 `[B]`; further rows are padding, and may hold NaN. With 0 no class has an example.

    Returns:
        prototype `[B, ways, D]` and count `[B, ways]`, float32; zeros for a class without examples.
    """
    weight = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)  # [B, N, ways]
    rows = clear_padding(tf.cast(embedded, tf.float32), support_size)
    count = tf.reduce_sum(weight, axis=1)  # [B, ways]
    return _mean(tf.matmul(weight, rows, transpose_a=True), count), count


def class_spreads(embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, prototype: tf.Tensor) -> tf.Tensor:
    """Sum, over the examples of each class, of their squared Euclidean distance to its prototype: `[B, ways]`.

    It gives the leave-one-out distances without computing them: the mean of the other n - 1 examples of a class is n / (n - 1)
    times as far from the example left out as the mean of all n. So the sum divided by n - 1 estimates the squared distance of
    an example to its class without the bias of its own part in the mean.

    Args:
        embedded, support_y, support_size: as for `class_means`.
        prototype: `[B, ways, D]`, the result of `class_means`.
    """
    weight = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)  # [B, N, ways]
    rows = clear_padding(tf.cast(embedded, tf.float32), support_size)
    own = _mean(tf.matmul(weight, prototype), tf.reduce_sum(weight, axis=2))  # [B, N, D]: of the class of each example
    return tf.squeeze(tf.matmul(weight, tf.expand_dims(_squared_length(rows - own), 2), transpose_a=True), 2)


def merge_means(one: tf.Tensor, one_count: tf.Tensor, other: tf.Tensor, other_count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Prototypes `[B, ways, D]` and counts `[B, ways]` of the union of two sets of examples, from those of each."""
    count = one_count + other_count
    return _mean(one * tf.expand_dims(one_count, 2) + other * tf.expand_dims(other_count, 2), count), count


def merge_spreads(one: Mapping[str, tf.Tensor], other: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """Spreads `[B, ways]` of the union of two sets of examples.

    Args:
        one, other: `prototype [B, ways, D]`, `count [B, ways]` and `spread [B, ways]` of each set.
    """
    product, total = one["count"] * other["count"], one["count"] + other["count"]
    apart = product / tf.where(total > 0.0, total, tf.ones_like(total))
    return one["spread"] + other["spread"] + apart * _squared_length(one["prototype"] - other["prototype"])


def _mean(total: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    return total / tf.expand_dims(tf.where(count > 0.0, count, tf.ones_like(count)), 2)


@keras.saving.register_keras_serializable("zoo")
class PrototypeLogits(keras.layers.Layer):
    """Score queries against prototypes: `[B, M, D], [B, ways, D] -> [B, M, ways]`, minus the distance.

    Reference: Snell et al., "Prototypical networks for few-shot learning", 2017, equation 2.

    Args:
        distance: "squared_euclidean" (the paper's), "cosine" (the score is the cosine times `COSINE_SCALE`), or "manhattan" (the
            sum of absolute differences).

    Raises:
        ValueError: for another distance.
    """

    def __init__(self, distance: str = "squared_euclidean", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if distance not in DISTANCES:
            raise ValueError(f"PrototypeLogits(distance={distance!r}): choose one of {', '.join(map(repr, DISTANCES))}.")
        self.distance = distance

    def build(self, query_shape: KerasShape, prototype_shape: KerasShape | None = None) -> None:
        self.built = True

    def call(self, query: tf.Tensor, prototype: tf.Tensor) -> tf.Tensor:
        if self.distance == "manhattan":
            # [B, M, 1, D] - [B, 1, ways, D] -> [B, M, ways]
            return -tf.reduce_sum(tf.abs(tf.expand_dims(query, 2) - tf.expand_dims(prototype, 1)), axis=3)
        if self.distance == "cosine":
            return COSINE_SCALE * tf.matmul(unit_rows(query), unit_rows(prototype), transpose_b=True)  # [B, M, ways]
        return negative_squared_distances(query, prototype)

    def compute_output_shape(self, query_shape: KerasShape, prototype_shape: KerasShape) -> KerasShape:
        return (*query_shape[:2], prototype_shape[1])


def without_empty(logits: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """Logits `[B, M, ways]` with `NO_EXAMPLE` for every class whose count `[B, ways]` is zero."""
    some = tf.expand_dims(count > 0.0, 1)  # [B, 1, ways]
    return tf.where(some, logits, tf.fill(tf.shape(logits), tf.constant(NO_EXAMPLE, logits.dtype)))


def negative_squared_distances(query: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """Minus the squared Euclidean distance of every pair: `[B, M, D], [B, N, D] -> [B, M, N]`."""
    lengths = tf.expand_dims(_squared_length(query), 2) + tf.expand_dims(_squared_length(rows), 1)  # [B, M, N]
    return 2.0 * tf.matmul(query, rows, transpose_b=True) - lengths


def _squared_length(rows: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.square(rows), axis=2)


def unit_rows(rows: tf.Tensor) -> tf.Tensor:
    """Rows `[B, N, D]` scaled to length 1; a row of zeros stays zero."""
    length = tf.sqrt(tf.reduce_sum(tf.square(rows), axis=2, keepdims=True) + 1e-12)  # [B, N, 1]
    return rows / length
