"""The losses that labels name, and their derivatives by the answers: what needs TensorFlow of a label.

Inner loops start their gradients from a derivative written out here, so that no loss need be differentiated in a graph that is
exported. All take `answers` and `labels [B, N, *answer]` and `support_size`, int32 `[B]`; a derivative is of each task's mean
over its real rows.
"""

import keras
import tensorflow as tf

from zoo.learners.padding import clear_rows

LARGEST_ERROR = 1e12  # beyond it squares of gradients overflow float32


def squared_error() -> keras.losses.Loss:
    """The mean squared error."""
    return keras.losses.MeanSquaredError()


def squared_error_slope(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of the mean squared error."""
    apart = tf.clip_by_value(answers - tf.cast(labels, answers.dtype), -LARGEST_ERROR, LARGEST_ERROR)
    return 2.0 * clear_rows(apart, support_size) / _numbers(apart, support_size, answers.shape[-1])


def huber_slope(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of Huber's loss (delta = 1)."""
    apart = tf.clip_by_value(answers - labels, -1.0, 1.0)
    return clear_rows(apart, support_size) / _numbers(apart, support_size, answers.shape[-1])


def cross_entropy() -> keras.losses.Loss:
    """The mean cross-entropy of logits."""
    return keras.losses.CategoricalCrossentropy(from_logits=True)


def class_slope(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of the mean cross-entropy; rows without a label count for nothing."""
    labels = tf.cast(labels, answers.dtype)
    labelled = tf.reduce_sum(labels, axis=-1, keepdims=True)
    apart = clear_rows(tf.nn.softmax(answers) * labelled - labels, support_size)
    axes = list(range(1, apart.shape.rank))
    count = tf.reduce_sum(clear_rows(labelled + tf.zeros_like(labels[..., :1]), support_size), axis=axes, keepdims=True)
    return apart / tf.maximum(count, 1.0)


def token_slope(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of the mean cross-entropy of a token, `[B, N, length, vocabulary]`."""
    apart = tf.nn.softmax(answers) - tf.cast(labels, answers.dtype)
    return clear_rows(apart, support_size) / _numbers(apart, support_size, answers.shape[-2])


def mean() -> keras.losses.Loss:
    """Minus the mean of what is predicted, whatever the truth."""
    return _Mean()


def mean_slope(answers: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of minus the mean answer, as that of a logarithm of a likelihood."""
    return -clear_rows(tf.ones_like(answers), support_size) / _numbers(answers, support_size, 1)


class _Mean(keras.losses.Loss):
    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        return -tf.reduce_mean(y_pred, axis=-1)


def _numbers(like: tf.Tensor, support_size: tf.Tensor, each: int) -> tf.Tensor:
    """How many numbers the real rows of a task have, `[B, 1, ...]`, where a row has `each`."""
    count = tf.cast(tf.maximum(support_size, 1) * each, like.dtype)
    return tf.reshape(count, [-1, *[1] * (like.shape.rank - 1)])
