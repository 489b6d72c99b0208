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


def squared_errors(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """The mean squared error of each task, `[B]`."""
    apart = tf.clip_by_value(answers - tf.cast(labels, answers.dtype), -LARGEST_ERROR, LARGEST_ERROR)
    return _sums(tf.square(clear_rows(apart, support_size)) / _numbers(apart, support_size, answers.shape[-1]))


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
    return apart / _labelled(labels, support_size)


def class_losses(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """The mean cross-entropy of each task, `[B]`; rows without a label count for nothing."""
    labels = clear_rows(tf.cast(labels, answers.dtype), support_size)
    return -_sums(labels * tf.nn.log_softmax(clear_rows(answers, support_size)) / _labelled(labels, support_size))


def token_slope(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of the mean cross-entropy of a token, `[B, N, length, vocabulary]`."""
    apart = tf.nn.softmax(answers) - tf.cast(labels, answers.dtype)
    return clear_rows(apart, support_size) / _numbers(apart, support_size, answers.shape[-2])


def token_losses(answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """The mean cross-entropy of a token of each task, `[B]`."""
    labels = clear_rows(tf.cast(labels, answers.dtype), support_size)
    told = labels * tf.nn.log_softmax(clear_rows(answers, support_size))
    return -_sums(told / _numbers(answers, support_size, answers.shape[-2]))


def mean() -> keras.losses.Loss:
    """Minus the mean of what is predicted, whatever the truth."""
    return _Mean()


def mean_slope(answers: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Of minus the mean answer, as that of a logarithm of a likelihood."""
    return -clear_rows(tf.ones_like(answers), support_size) / _numbers(answers, support_size, 1)


def minus_means(answers: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Minus the mean answer of each task, `[B]`."""
    return -_sums(clear_rows(answers, support_size) / _numbers(answers, support_size, 1))


class _Mean(keras.losses.Loss):
    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        return -tf.reduce_mean(y_pred, axis=-1)


def _numbers(like: tf.Tensor, support_size: tf.Tensor, each: int) -> tf.Tensor:
    """How many numbers the real rows of a task have, `[B, 1, ...]`, where a row has `each`."""
    count = tf.cast(tf.maximum(support_size, 1) * each, like.dtype)
    return tf.reshape(count, [-1, *[1] * (like.shape.rank - 1)])


def _labelled(labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """How many labels the real rows of a task have, at least 1: `[B, 1, ...]`."""
    given = clear_rows(tf.reduce_sum(labels, axis=-1, keepdims=True), support_size)
    return tf.maximum(tf.reduce_sum(given, axis=list(range(1, labels.shape.rank)), keepdims=True), 1.0)


def _sums(x: tf.Tensor) -> tf.Tensor:
    """Over everything but tasks: `[B, ...] -> [B]`."""
    return tf.reduce_sum(x, axis=list(range(1, x.shape.rank)))
