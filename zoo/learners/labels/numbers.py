"""Labels that are real numbers: regression."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from zoo.learners.labels.labels import Given, Labels
from zoo.learners.shape import Shape
from zoo.utils import checks

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

FAR = 0.08  # of the range of labels; a learner that adapts well stays below it on nearly every task of the kind it was trained on
ALL = 0.9  # of the root mean square of the labels: what is learned then is nothing


@final
@dataclass(frozen=True)
class Numbers(Labels):
    """A label is `width` real numbers.

    Attributes:
        width: how many.
    """

    width: int = 1

    @property
    def shape(self) -> Shape:
        return Shape((self.width,))

    def given(self, y: Any) -> Given:
        return Given(flat=len(checks.shape_of(y)) == 1)

    def encode(self, y: Any, given: Given) -> np.ndarray:
        return checks.as_rows("y", y, self.shape.sizes)

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return answers[:, 0] if given.flat else answers

    def examples_of(self, y: np.ndarray) -> np.ndarray:
        return y

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        return self.shape.random(generator, (rows,), (-1.0, 1.0))

    @property
    def loss(self) -> "keras.losses.Loss":
        from zoo.learners import losses

        return losses.squared_error()

    def slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Of the mean squared error."""
        from zoo.learners import losses

        return losses.squared_error_slope(answers, labels, support_size)

    def task_loss(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        from zoo.learners import losses

        return losses.squared_errors(answers, labels, support_size)

    def fine_tuning_slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Of Huber's loss (delta = 1)."""
        from zoo.learners import losses

        return losses.huber_slope(answers, labels, support_size)

    def missed_by_far(self, answers: np.ndarray, labels: np.ndarray, span: float) -> float | None:
        """The root mean squared error, if it is large beside the labels of training, or as large as these labels themselves."""
        missed, size = (float(np.sqrt(np.square(part, dtype=np.float64).mean())) for part in (answers - labels, labels))
        return missed if missed > FAR * span or missed > max(FAR / 2 * span, ALL * size) else None

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The mean squared error."""
        return np.square(answers - labels).mean(axis=(1, 2), dtype=np.float64)
