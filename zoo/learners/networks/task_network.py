"""A task network: runs the weights of learned tasks, and says what examples and labels it is for."""

import abc
from typing import Any

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Labels
from zoo.learners.shape import Shape


class TaskNetwork(abc.ABC):
    """One network, of which every learned task has weights of its own: dict of `[B, ...]`.

    A task network is a plain object. Layers that it reads are attributes of the model that made it, which saves their weights.
    """

    @property
    def takes_statistics(self) -> bool:
        """Whether what a query is answered may depend on those that come with it, by `transductive_run`."""
        return False

    @property
    @abc.abstractmethod
    def example(self) -> Shape:
        """Axes of one example."""

    @property
    @abc.abstractmethod
    def labels(self) -> Labels:
        """What a label is."""

    @abc.abstractmethod
    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        """Predict: `dict of [B, ...], [B, M, ...] -> [B, M, n]`."""

    def pair(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Examples beside their labels, as an encoder of sets reads them: `[B, N, ...], [B, N, n] -> [B, N, d]`."""
        raise NotImplementedError(f"{type(self).__name__} is not learned by learners that read a set.")

    def initial(self, support_y: tf.Tensor) -> Tensors:
        """Shared weights that tasks with such labels `[B, N, ...]` start from, where a network has some."""
        raise NotImplementedError(f"{type(self).__name__} has no weights to start from.")

    def training_run(self, task: Tensors, x: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """As `run`, of a support whose rows from `size` on are padding of zeros; a network may take statistics of the rows."""
        return self.run(task, x)

    def settled(self, weights: Tensors, x: tf.Tensor, size: tf.Tensor) -> Tensors:
        """The learned task of weights after their last gradient step; a network may add statistics of the support."""
        return weights

    def transductive_run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        """As `run`, with statistics of all queries of a task, as some papers evaluate; only of a network that takes some."""
        raise NotImplementedError(f"{type(self).__name__} takes no statistics of its queries.")

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        """Names of the axes of those tensors of a learned task that have an axis of any size; see `MetaLearner.task_axes`."""
        return {}

    def auxiliary_losses(self, task: Tensors, episode: Tensors) -> list[Any]:
        """Scalars that training adds to the loss for learned tasks and an episode; none unless a network has some."""
        return []

    @property
    def past_outputs(self) -> int:
        """Past outputs in an example, oldest first; 0 where examples are no time series, and the rest has no meaning."""
        return 0

    def begin(self, query_x: tf.Tensor) -> tf.Tensor:
        """The state that a query stands for: `[B, M, ...] -> [B, M, s]`."""
        return query_x

    def advance(self, task: Tensors, state: tf.Tensor) -> tf.Tensor:
        """The state one step later: `dict of [B, ...], [B, M, s] -> [B, M, s]`."""
        raise NotImplementedError(f"{type(self).__name__} is of no time series.")

    def emit(self, state: tf.Tensor) -> tf.Tensor:
        """The newest prediction in a state: `[B, M, s] -> [B, M, n]`."""
        raise NotImplementedError(f"{type(self).__name__} is of no time series.")
