"""What a label is: its shape in support and answer, names in and names out, its loss, its error, its dynamic axes.

One object stands for all that depends on the kind of a label, so that learning, training, evaluation, export and serving need not
ask which kind it is.
"""

import abc
from dataclasses import dataclass
from typing import Any, ClassVar, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import clear_padding
from zoo.learners.padding import clear_rows
from zoo.learners.shape import Axes, Shape
from zoo.utils import checks

LARGEST_ERROR = 1e12  # beyond it squares of gradients overflow float32


@final
@dataclass(frozen=True)
class Given:
    """How a user gave the labels of a task, so that answers come back alike.

    Attributes:
        classes: the names of the classes in the order of the answer's columns; empty where labels are numbers.
        flat: whether labels of one number came as a plain list of numbers.
    """

    classes: tuple = ()
    flat: bool = False


class Labels(abc.ABC):
    """One kind of label. `B` tasks, `N` support rows, `M` queries; a support label is `[B, N, *shape]`, an answer alike."""

    are_classes: ClassVar[bool] = False  # whether `Given.classes` names them, and answers are logits

    @property
    @abc.abstractmethod
    def shape(self) -> Shape:
        """Axes of one label of the support, as `adapt` takes it."""

    @property
    def answer(self) -> Shape:
        """Axes of one answer, as `apply` gives it; those of a label unless a kind says so."""
        return self.shape

    @abc.abstractmethod
    def given(self, y: Any) -> Given:
        """How a user's labels of a new task are given.

        Raises:
            ZooError: for labels of another kind or shape.
        """

    @abc.abstractmethod
    def encode(self, y: Any, given: Given) -> np.ndarray:
        """A user's labels as `adapt` takes them, float32 `[N, *shape]`.

        Raises:
            ZooError: for labels of another kind or shape, or classes that `given` does not name.
        """

    @abc.abstractmethod
    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        """Answers `[M, *answer]` as a user gave the labels."""

    @abc.abstractmethod
    def examples_of(self, y: np.ndarray) -> np.ndarray:
        """Encoded labels `[N, *shape]`, as episodes hold them, as a user would give them to `learn`."""

    @abc.abstractmethod
    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        """Encoded labels at random, float32 `[rows, *shape]`, with `size` for an axis of any size; of classes each in turn."""

    @property
    @abc.abstractmethod
    def loss(self) -> keras.losses.Loss:
        """What `fit` minimises unless a recipe says so."""

    @abc.abstractmethod
    def slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Derivative by the answers of each task's loss, the mean over its real rows: `[B, N, *answer]`.

        Inner loops start their gradients from it, so that no loss need be differentiated in a graph that is exported.
        """

    def fine_tuning_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """As `slope`, of the loss that fine-tuning of a learned task minimises; the same one unless a kind says so."""
        return self.slope(answers, labels, support_size)

    @abc.abstractmethod
    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Error of every task, `[B, M, *answer], [B, M, *answer] -> float64 [B]`; 0 is right."""


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
        return Given(flat=np.ndim(y) == 1)

    def encode(self, y: Any, given: Given) -> np.ndarray:
        return checks.as_rows("y", y, self.shape.sizes)

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return answers[:, 0] if given.flat else answers

    def examples_of(self, y: np.ndarray) -> np.ndarray:
        return y

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        return self.shape.random(generator, (rows,), (-1.0, 1.0))

    @property
    def loss(self) -> keras.losses.Loss:
        return keras.losses.MeanSquaredError()

    def slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of the mean squared error."""
        apart = tf.clip_by_value(answers - tf.cast(labels, answers.dtype), -LARGEST_ERROR, LARGEST_ERROR)
        count = tf.cast(tf.maximum(support_size, 1) * self.width, apart.dtype)
        return 2.0 * clear_padding(apart, support_size) / tf.reshape(count, [-1, 1, 1])

    def fine_tuning_slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of Huber's loss (delta = 1)."""
        count = tf.cast(tf.maximum(support_size, 1) * self.width, answers.dtype)
        slope = tf.clip_by_value(answers - labels, -1.0, 1.0)
        return clear_padding(slope, support_size) / tf.reshape(count, [-1, 1, 1])

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The mean squared error."""
        return np.square(answers - labels).mean(axis=(1, 2), dtype=np.float64)


@final
@dataclass(frozen=True)
class Classes(Labels):
    """A label is a class, one-hot; an answer is logits. A row of the support whose label is all zero has no label.

    Attributes:
        ways: how many classes a task has; None for as many as its support shows.
        within: axes of an example each place of which has a class of its own, such as `("height", "width")` of a mask.
    """

    ways: int | None = None
    within: Axes = ()

    are_classes: ClassVar[bool] = True

    @property
    def shape(self) -> Shape:
        return Shape((*self.within, self.ways or "ways"))

    def given(self, y: Any) -> Given:
        return Given(classes=tuple(np.unique(self._labels(y)).tolist()))

    def encode(self, y: Any, given: Given) -> np.ndarray:
        labels = self._labels(y)
        return checks.one_hot(labels, given.classes, self.ways or len(given.classes))

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return np.array(given.classes)[answers[..., : len(given.classes)].argmax(axis=-1)]

    def examples_of(self, y: np.ndarray) -> np.ndarray:
        return y.argmax(axis=-1)

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        shape = [rows, *(size if known is None else known for known in self.shape.sizes)]
        first = np.arange(rows).reshape(-1, *[1] * (len(shape) - 2))
        return np.eye(shape[-1], dtype=np.float32)[(first + generator.integers(shape[-1], size=[1, *shape[1:-1]])) % shape[-1]]

    @property
    def loss(self) -> keras.losses.Loss:
        return keras.losses.CategoricalCrossentropy(from_logits=True)

    def slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of the mean cross-entropy; rows without a label count for nothing."""
        labels = tf.cast(labels, answers.dtype)
        labelled = tf.reduce_sum(labels, axis=-1, keepdims=True)
        apart = clear_rows(tf.nn.softmax(answers) * labelled - labels, support_size)
        axes = list(range(1, apart.shape.rank))
        count = tf.reduce_sum(clear_rows(labelled + tf.zeros_like(labels[..., :1]), support_size), axis=axes, keepdims=True)
        return apart / tf.maximum(count, 1.0)

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The share of wrong answers; a tie of m classes with the true one among them is 1/m right, NaN is wrong."""
        best = answers == answers.max(axis=-1, keepdims=True)
        right = (best * labels).sum(axis=-1) / np.maximum(best.sum(axis=-1), 1)
        return 1.0 - right.mean(axis=tuple(range(1, right.ndim)), dtype=np.float64)

    def _labels(self, y: Any) -> np.ndarray:
        return checks.as_labels("y", y, len(self.within))


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
        shape = [rows, *(size if known is None else known for known in self.shape.sizes)]
        first = np.arange(rows).reshape(-1, *[1] * (len(shape) - 2))
        return np.eye(shape[-1], dtype=np.float32)[(first + generator.integers(shape[-1], size=[1, *shape[1:-1]])) % shape[-1]]

    @property
    def loss(self) -> keras.losses.Loss:
        return keras.losses.CategoricalCrossentropy(from_logits=True)

    def slope(self, answers: tf.Tensor, labels: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of the mean cross-entropy of a token."""
        count = tf.cast(tf.maximum(support_size, 1) * self.length, answers.dtype)
        apart = tf.nn.softmax(answers) - tf.cast(labels, answers.dtype)
        return clear_rows(apart, support_size) / tf.reshape(count, [-1, 1, 1, 1])

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The share of sequences that are not right to the last token."""
        whole = (answers.argmax(axis=-1) == labels.argmax(axis=-1)).all(axis=-1)
        return 1.0 - whole.mean(axis=1, dtype=np.float64)


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
