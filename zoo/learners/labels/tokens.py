"""Labels that are sequences of tokens, such as programs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from zoo.learners.labels.labels import Given, Labels, in_turn
from zoo.learners.shape import Shape
from zoo.utils import checks

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


@final
@dataclass(frozen=True)
class Tokens(Labels):
    """A label is a sequence of whole numbers below `vocabulary`, one-hot; an answer is logits.

    Attributes:
        length: tokens in a label.
        vocabulary: how many tokens there are.
    """

    length: int
    vocabulary: int

    @property
    def shape(self) -> Shape:
        return Shape((self.length, self.vocabulary))

    def given(self, y: Any) -> Given:
        return Given()

    def encode(self, y: Any, given: Given) -> np.ndarray:
        return np.eye(self.vocabulary, dtype=np.float32)[checks.as_tokens("y", y, self.length, self.vocabulary)]

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return answers.argmax(axis=-1)

    def examples_of(self, y: np.ndarray) -> np.ndarray:
        return y.argmax(axis=-1)

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        return in_turn(self.shape, generator, rows, size)

    @property
    def loss(self) -> "keras.losses.Loss":
        from zoo.learners import losses

        return losses.cross_entropy()

    def slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Of the mean cross-entropy of a token."""
        from zoo.learners import losses

        return losses.token_slope(answers, labels, support_size)

    def task_loss(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        from zoo.learners import losses

        return losses.token_losses(answers, labels, support_size)

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The share of sequences that are not right to the last token."""
        whole = (answers.argmax(axis=-1) == labels.argmax(axis=-1)).all(axis=-1)
        return 1.0 - whole.mean(axis=1, dtype=np.float64)
