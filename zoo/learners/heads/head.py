"""A head: what a classifier learns of embedded examples, pure functions over all tasks at once."""

import abc
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner


class Head(abc.ABC):
    """One way to learn classes from embedded examples. `B` tasks, `N` support rows, `M` queries, embeddings of `D` numbers.

    A head is a plain object. Layers that it reads are attributes of the model that made it, which saves their weights.
    """

    adapt_steps: int = 0  # how many of the first refiner's steps `adapt` is worth

    @abc.abstractmethod
    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """Learn tasks: `[B, N, D], [B, N, ways], int32 [B] -> dict of [B, ...]`. Rows of labels of zeros have no label."""

    @abc.abstractmethod
    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        """Compare queries with learned tasks: `dict of [B, ...], [B, M, D] -> [B, M, ways]`, not calibrated."""

    @abc.abstractmethod
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        """The learned tasks of the examples of two together; both have the same classes, with or without examples."""

    @abc.abstractmethod
    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        """Names of the axes of a learned task, by the name of the tensor; None where an axis has a fixed size."""

    def training_logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        """As `logits`, in training; a head may give columns more, of which its model's objective makes something."""
        return self.logits(task, query)

    def leave_one_out(self, task: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor] | None:
        """What leaving out each example of the support in turn says of a task; None where a head does not keep it.

        Returns:
            the spread of all classes together (see `class_spreads`); the number of examples that could be left out, those beyond
            the first of each class; and the mean over the classes of one over their examples. Each `[B]`.
        """
        return None

    def refiners(self, adapt: Callable[..., Tensors], embed: Callable[[tf.Tensor], tf.Tensor]) -> dict[str, Refiner]:
        """Ways to fine-tune on supports that `adapt` learns from and `embed` embeds, by name; none unless a head has some."""
        return {}

    def auxiliary_losses(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> list[Any]:
        """Scalars that training adds to the loss, of the embedded support; none unless a head has some."""
        return []
