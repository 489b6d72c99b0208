"""Learners of classes: labels are names, a prediction is logits, and a task grows by more of a class and by new classes."""

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import tensorflow as tf

from zoo.learners import asking
from zoo.learners.asked import Asked
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.labels import Classes
from zoo.learners.learner import Support
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.padding import clamped
from zoo.learners.task_model import TaskModel
from zoo.learners.ways import pad_ways


class ClassLearner(MetaLearner):
    """A learner whose labels are one-hot over the classes of a task: one set of weights serves any number of them.

    A query's prediction is its logits, `[B, M, ways]`: the softmax of them are the probabilities of the classes.
    """

    uses_unlabelled: ClassVar[bool] = False  # whether examples without a label tell it something of the classes

    @property
    @final
    def labels(self) -> Classes:
        return Classes(unlabelled=self.uses_unlabelled)

    @abc.abstractmethod
    def extended(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """As `update`, of a `support_size` within 1 … N."""

    @final
    def update(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """Learned tasks of the examples that these tasks were learned from, which are not needed again, and of more.

        All have the same classes, with or without examples.
        """
        return self.extended(task, support_x, support_y, clamped(support_size, support_x))

    @final
    def update_functions(self) -> Mapping[str, Callable[[], Any]]:
        return {"update": lambda: compiled(self.update, self.graphs.task_spec, *self.support_spec.values())}

    @final
    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        given = self.labels.with_more(task.given, y)
        support = self.support(x, y, given, task.columns)
        learned = self.learned_from_more(pad_ways(task.learned, self.task_axes(), len(given.classes)), support)
        return self.learned_from(learned, {}, given, support, task.size + len(support[0][0]), task.columns)

    @final
    def ask(self, x: Any, y: Any, *, candidates: Any, at: Any = None, rule: str = "sensitivity") -> Asked:
        """Ask for the example whose label would tell most; of a task that is learned already see `TaskModel.ask`.

        Args:
            x, y: what is known, as for `learn`; a candidate that is among it, with its label, scores 0.
            candidates, at, rule: as for `TaskModel.ask`.

        Raises:
            ZooError: as `learn` and `TaskModel.ask`.
        """
        given, columns, support = self.given(x, y)
        size = int(support[2][0])
        labelled = support[1][0, :size].any(axis=-1)
        task = self.learned_from(*self.adapt_and_summarise(*support), given, support, size, columns)
        return asking.ask(task, candidates, at, rule, support[0][0, :size][labelled])

    def learned_from_more(self, task: Tensors, support: Support) -> Tensors:
        """`update`, compiled, of one task."""
        return self.graphs.update(task, *support)

    @final
    def update_endpoint(self, shared: Endpoint) -> Endpoint:
        """The task may have classes without examples: room for new ones."""

        def update(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, **task: tf.Tensor) -> Tensors:
            learned = self.update(task, support_x, support_y, support_size)
            # Named otherwise than the inputs: a file of ONNX holds every name once.
            return {f"updated_{name}": value for name, value in learned.items()}

        return Endpoint(update, self.graphs.task_spec | self.support_spec, shared.axes)
