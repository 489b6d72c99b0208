"""No labels: examples only, as a density is learned from."""

from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import clear_padding
from zoo.learners.labels.labels import Given, Labels
from zoo.learners.shape import Shape
from zoo.utils import checks


@final
@dataclass(frozen=True)
class Nothing(Labels):
    """Examples have no label, and an answer is one number for each query, such as a logarithm of a density."""

    @property
    def shape(self) -> Shape:
        return Shape((0,))

    @property
    def answer(self) -> Shape:
        return Shape((1,))

    def given(self, y: Any) -> Given:
        return Given(flat=True)

    def encode(self, y: Any, given: Given) -> np.ndarray:
        return np.zeros((checks.count_of("y", y), 0), np.float32)

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return answers[:, 0]

    def examples_of(self, y: np.ndarray) -> np.ndarray:
        return np.zeros(len(y))

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        return self.shape.random(generator, (rows,), (-1.0, 1.0))

    @property
    def loss(self) -> keras.losses.Loss:
        return _Mean()

    def slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of minus the mean answer, as that of a logarithm of a likelihood."""
        count = tf.cast(tf.maximum(support_size, 1), answers.dtype)
        return -clear_padding(tf.ones_like(answers), support_size) / tf.reshape(count, [-1, 1, 1])

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Minus the mean answer."""
        return -answers.mean(axis=(1, 2), dtype=np.float64)


@final
class _Mean(keras.losses.Loss):
    """Minus the mean of what is predicted, whatever the truth."""

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        return -tf.reduce_mean(y_pred, axis=-1)
