"""No labels: examples only, as a density is learned from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from zoo.learners.labels.labels import Given, Labels
from zoo.learners.shape import Shape
from zoo.utils import checks

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


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
    def loss(self) -> "keras.losses.Loss":
        from zoo.learners import losses

        return losses.mean()

    def slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Of minus the mean answer, as that of a logarithm of a likelihood."""
        from zoo.learners import losses

        return losses.mean_slope(answers, support_size)

    def task_loss(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        from zoo.learners import losses

        return losses.minus_means(answers, support_size)

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Minus the mean answer."""
        return -answers.mean(axis=(1, 2), dtype=np.float64)
