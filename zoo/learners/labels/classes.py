"""Labels that are classes: one for each example, or one for each place of an example, as in a mask."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np

from zoo.learners.labels.labels import Given, Labels, in_turn
from zoo.learners.shape import Axes, Shape
from zoo.utils import checks
from zoo.utils.errors import ZooError, cut

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


@final
@dataclass(frozen=True)
class Classes(Labels):
    """A label is a class, one-hot; an answer is logits. A row of the support whose label is all zero has no label.

    Where labels may be left out, a user writes None or an empty text, or has NaN in a column, in place of one.

    Attributes:
        ways: how many classes a task has; None for as many as its support shows.
        within: axes of an example each place of which has a class of its own, such as `("height", "width")` of a mask.
        unlabelled: whether labels may be left out, as of a learner that makes something of examples without one.
    """

    ways: int | None = None
    within: Axes = ()
    unlabelled: bool = False

    are_classes: ClassVar[bool] = True

    @property
    def shape(self) -> Shape:
        return Shape((*self.within, self.ways or "ways"))

    def given(self, y: Any) -> Given:
        labels, _ = self._known(y)
        if labels is None:
            raise ZooError("y names no class; at least one example of each class needs its name, the others may have None.")
        return Given(classes=tuple(np.unique(labels).tolist()))

    def with_more(self, given: Given, y: Any) -> Given:
        """The classes of a task, and after them those that more labels add."""
        known = given.classes
        if self._known(y)[0] is None:
            return given
        new = [label for label in self.given(y).classes if label not in known]
        if isinstance(known[0], int) and not isinstance(known[0], bool):  # 2.0 joins the classes 0 and 1 as 2
            new = [int(label) if isinstance(label, float) else label for label in new]
        return Given((*known, *new))

    def encode(self, y: Any, given: Given) -> np.ndarray:
        labels, told = self._known(y)
        check_names(given.classes)
        ways = self.ways or len(given.classes)
        if told is None:
            return checks.one_hot(labels, given.classes, ways)
        encoded = np.zeros([len(told), ways], np.float32)
        if labels is not None:
            encoded[told] = checks.one_hot(labels, given.classes, ways)
        return encoded

    def decode(self, answers: np.ndarray, given: Given) -> np.ndarray:
        return np.array(given.classes)[answers[..., : len(given.classes)].argmax(axis=-1)]

    def examples_of(self, y: np.ndarray) -> Any:
        labels = y.argmax(axis=-1)
        if not self.unlabelled:
            return labels
        return [label if told else None for label, told in zip(labels.tolist(), y.max(axis=-1) > 0.0, strict=True)]

    def random(self, generator: np.random.Generator, rows: int, size: int = 3) -> np.ndarray:
        return in_turn(self.shape, generator, rows, size)

    @property
    def loss(self) -> "keras.losses.Loss":
        from zoo.learners import losses

        return losses.cross_entropy()

    def slope(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        """Of the mean cross-entropy; rows without a label count for nothing."""
        from zoo.learners import losses

        return losses.class_slope(answers, labels, support_size)

    def task_loss(self, answers: "tf.Tensor", labels: "tf.Tensor", support_size: "tf.Tensor") -> "tf.Tensor":
        from zoo.learners import losses

        return losses.class_losses(answers, labels, support_size)

    def error(self, answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The share of wrong answers; a tie of m classes with the true one among them is 1/m right, NaN is wrong."""
        best = answers == answers.max(axis=-1, keepdims=True)
        right = (best * labels).sum(axis=-1) / np.maximum(best.sum(axis=-1), 1)
        return 1.0 - right.mean(axis=tuple(range(1, right.ndim)), dtype=np.float64)

    def _known(self, y: Any) -> tuple[Any, np.ndarray | None]:
        """The labels that are there, None for none at all, and which rows have one, bool `[N]`; None where each must have one."""
        if not self.unlabelled or not checks.shape_of(y):
            return self._labels(y), None
        given = list(np.asarray(y, dtype=object).ravel())
        told = np.array([not checks.is_left_out(label) for label in given], bool)
        known = [label for label, there in zip(given, told, strict=True) if there]
        return self._labels(known) if known or not given else None, told

    def _labels(self, y: Any) -> np.ndarray:
        given = y if isinstance(y, list | tuple) else np.asarray(y).flat
        check_names(given)  # before NumPy makes them its strings, which end at the last character that is no NUL
        return checks.as_labels("y", y, len(self.within))


def check_names(names: Iterable) -> None:
    """Check names of classes, or labels, which every export writes in UTF-8 and some of them one a line.

    Raises:
        ZooError: for a name that is no text in UTF-8 or holds a NUL, or two that differ in white space only.
    """
    known: dict[str, str] = {}
    for name in {str(name) for name in names if isinstance(name, str)}:
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            raise ZooError(
                f"y holds the class {cut(ascii(name))}, which cannot be written in UTF-8; name it otherwise."
            ) from None
        if "\0" in name:
            raise ZooError(f"y holds the class {cut(repr(name))}, which has a NUL in it; name it otherwise.")
        other = known.setdefault(" ".join(name.split()), name)
        if other != name:
            first, second = sorted((name, other))
            raise ZooError(
                f"y holds the classes {cut(repr(first))} and {cut(repr(second))}, which differ in white space only and are the "
                "same once a name is written on one line; name one of them otherwise."
            )
