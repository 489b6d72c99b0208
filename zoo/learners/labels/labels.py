"""What a label is: its shape in support and answer, names in and names out, its loss, its error, its dynamic axes.

One object stands for all that depends on the kind of a label, so that learning, training, evaluation, export and serving need not
ask which kind it is.
"""

import abc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from zoo.learners.shape import Shape

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


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
    def examples_of(self, y: np.ndarray) -> Any:
        """Encoded labels `[N, *shape]`, as episodes hold them, as a user would give them to `learn`."""

    @abc.abstractmethod
    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        """Encoded labels at random, float32 `[rows, *shape]`, with `size` for an axis of any size; of classes each in turn."""

    @property
    @abc.abstractmethod
    def loss(self) -> "keras.losses.Loss":
        """What `fit` minimises unless a recipe says so."""

    @abc.abstractmethod
    def slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Derivative by the answers of each task's loss, the mean over its real rows: `[B, N, *answer]`.

        Inner loops start their gradients from it, so that no loss need be differentiated in a graph that is exported.
        """

    @abc.abstractmethod
    def task_loss(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """The loss that `slope` is of, for rules that read it: `[B]`."""

    def fine_tuning_slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """As `slope`, of the loss that fine-tuning of a learned task minimises; the same one unless a kind says so."""
        return self.slope(answers, labels, support_size)

    @abc.abstractmethod
    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Error of every task, `[B, M, *answer], [B, M, *answer] -> float64 [B]`; 0 is right."""

    def missed_by_far(self, answers: np.ndarray, labels: np.ndarray, span: float) -> float | None:
        """By how much answers `[N, *answer]` miss the labels that they were learned from, if by far; None unless a kind says so.

        Args:
            answers, labels: of the examples of one task.
            span: highest label of training minus the lowest.
        """
        return None


def in_turn(shape: Shape, generator: np.random.Generator, rows: int, size: int) -> np.ndarray:
    """One-hot labels of a shape whose last axis is that of classes, each class in turn from a random one on; see `random`."""
    sizes = [size if known is None else known for known in shape.sizes]
    first = np.arange(rows).reshape(-1, *[1] * (len(sizes) - 1))
    return np.eye(sizes[-1], dtype=np.float32)[(first + generator.integers(sizes[-1], size=[1, *sizes[:-1]])) % sizes[-1]]
