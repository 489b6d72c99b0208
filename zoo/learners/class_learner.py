"""Learners of classes: labels are names, a prediction is logits, and a task grows by more of a class and by new classes."""

import abc
from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.labels import Classes, Given
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.padding import clamped
from zoo.learners.task_model import TaskModel
from zoo.learners.zoo_model import arrays


class ClassLearner(MetaLearner):
    """A learner whose labels are one-hot over the classes of a task: one set of weights serves any number of them.

    A query's prediction is its logits, `[B, M, ways]`: the softmax of them are the probabilities of the classes.
    """

    @property
    @final
    def labels(self) -> Classes:
        return Classes()

    @abc.abstractmethod
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        """The learned tasks of the examples of two together; both have the same classes, with or without examples."""

    @abc.abstractmethod
    def pad_ways(self, learned: dict[str, np.ndarray], ways: int) -> dict[str, np.ndarray]:
        """A learned task with room for `ways` classes, as many as it has or more; those that are new have no examples yet."""

    @final
    def update(self, task: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """Learned tasks of the examples that these tasks were learned from, which are not needed again, and of more."""
        return self.merge(task, self.adapt(support_x, support_y, clamped(support_size, support_x)))

    @final
    def update_functions(self) -> Mapping[str, Callable[[], Any]]:
        return {"update": lambda: compiled(self.update, self.graphs.task_spec, *self.support_spec.values())}

    @final
    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        known = task.given.classes
        new = [label for label in self.labels.given(y).classes if label not in known]
        if isinstance(known[0], int) and not isinstance(known[0], bool):  # 2.0 joins the classes 0 and 1 as 2
            new = [int(label) if isinstance(label, float) else label for label in new]
        given = Given((*known, *new))
        support = self.support(x, y, given)
        learned = self.learned_from_more(self.pad_ways(task.learned, len(given.classes)), support)
        return TaskModel(self, arrays(learned), given, size=task.size + len(support[0][0]))

    def learned_from_more(self, task: Tensors, support: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Tensors:
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
