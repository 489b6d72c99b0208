"""Learners whose learned task is the weights of a task network: what examples, labels and predictions are is the network's."""

from typing import Any, ClassVar, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Labels
from zoo.learners.meta_learner import MetaLearner, support_of
from zoo.learners.network_answers import NetworkAnswers
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.rollout import rollout
from zoo.learners.shape import Shape


class NetworkLearner(MetaLearner):
    """A learner of the weights of `task_network`, which a subclass sets in `__init__`; it rolls out time series."""

    task_network: TaskNetwork
    tasks_at_once: ClassVar[int] = 1_000_000  # that an evaluation answers; fewer where each takes much memory

    @property
    @final
    def example(self) -> Shape:
        return self.task_network.example

    @property
    @final
    def labels(self) -> Labels:
        return self.task_network.labels

    @final
    def apply(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        return self.task_network.run(task, query_x)

    def training_forward(self, episode: Tensors) -> Any:
        """The predictions of adapted tasks, unless a learner has an objective of its own."""
        task = self.training_adapt(*support_of(episode))
        for loss in (*self.auxiliary_losses(task, episode), *self.task_network.auxiliary_losses(task, episode)):
            self.add_loss(loss)
        return self.apply(task, episode["query_x"])

    def training_adapt(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """As `adapt`, as training sees it; the same unless a learner says so."""
        return self.adapt(support_x, support_y, support_size)

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return {**super().task_axes(), **self.task_network.task_axes()}

    def auxiliary_losses(self, task: Tensors, episode: Tensors) -> list:
        """Scalars that training adds to the loss for learned tasks, beside the network's; none unless a learner says so.

        They are added here and not in `adapt`, which stays pure: an exported graph holds no loss.
        """
        return []

    def for_evaluation(self, benchmark: Any, many: bool = False) -> tuple[Any, Any]:
        """Of many tasks and a network that takes statistics, the same answers from graphs that pay by then."""
        return (NetworkAnswers(self) if many and self.task_network.takes_statistics else self), benchmark

    @property
    @final
    def past_outputs(self) -> int:
        """Past outputs in an example; 0 where examples are no time series, and then there is no rollout."""
        return self.task_network.past_outputs

    @final
    def rollout(self, task: Tensors, query_x: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
        """Predict several steps ahead, see `zoo.learners.rollout`."""
        return rollout(self.task_network, task, query_x, steps)
