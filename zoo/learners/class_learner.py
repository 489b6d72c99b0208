"""Learners of classes: labels are names, a prediction is logits, and a task grows by more of a class and by new classes."""

import abc
import functools
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel


class ClassLearner(MetaLearner):
    """A learner whose labels are one-hot over the classes of a task: one set of weights serves any number of them.

    A query's prediction is its logits, `[B, M, ways]`: the softmax of them are the probabilities of the classes.
    """

    @property
    @final
    def label_width(self) -> None:
        """Labels are one-hot over the classes of a task, however many these are."""
        return None

    @abc.abstractmethod
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        """The learned tasks of the examples of two together; both have the same classes, with or without examples."""

    @abc.abstractmethod
    def pad_ways(self, learned: dict[str, np.ndarray], ways: int) -> dict[str, np.ndarray]:
        """A learned task with room for `ways` classes, as many as it has or more; those that are new have no examples yet."""

    @functools.cached_property
    def compiled_grow(self):
        """`grow` as one compiled function for every number of tasks, classes and examples."""
        specs = [self.task_spec, *self.support_spec.values()]
        return tf.function(self.grow, input_signature=specs, autograph=False)

    @final
    def grow(self, task: Tensors, support_x, support_y, support_size) -> Tensors:
        """Learned tasks of the examples that these tasks were learned from, which are not needed again, and of more."""
        return self.merge(task, self.adapt(support_x, support_y, support_size))

    @final
    def updated(self, task: TaskModel, x: Any, y: Any) -> TaskModel:
        """The task model of more examples, of its classes or of new ones, which come after the old; see `TaskModel.update`."""
        fresh = [label for label in self.classes_of(y) if label not in task.classes]
        classes = (*task.classes, *fresh)
        support = self.support(x, y, stacklevel=2, classes=classes)
        grown = self.compiled_grow(self.pad_ways(task.learned, len(classes)), *support)
        learned = {name: value.numpy() for name, value in grown.items()}
        return TaskModel(self, learned, size=task.size + len(support[0][0]), classes=classes)

    def endpoints(self) -> dict[str, Endpoint]:
        """Those of every learner, and `update`, whose task may have classes without examples: room for new ones."""
        endpoints = super().endpoints()
        axes = endpoints["adapt"].axes
        return endpoints | {"update": Endpoint(self._update, self.task_spec | self.support_spec, axes)}

    def _update(self, support_x, support_y, support_size, **task) -> Tensors:
        grown = self.grow(task, support_x, support_y, support_size)
        # Named otherwise than the inputs: a file of ONNX holds every name once.
        return {f"updated_{name}": value for name, value in grown.items()}
