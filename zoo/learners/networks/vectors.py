"""The task network of vectors: a multi-layer perceptron for every task, and a time series where examples are past outputs."""

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from zoo.layers import MLP, activations, concatenated, run_task_network, same_network
from zoo.layers.coordinates import coordinates
from zoo.learners.endpoint import Tensors
from zoo.learners.labels import Numbers
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape


@dataclass(frozen=True, eq=False)
class Vectors(TaskNetwork):
    """Vectors of `config.inputs` numbers to `config.outputs`.

    With a `config.history`, an example is that many past outputs, oldest first, and after them whatever does not change. The
    coordinates of the network are those that the config asks for, see `zoo.layers.coordinates`.

    Attributes:
        config: has `inputs`, `outputs`, `history` and `inertial`.
        activation: of the network, by name, see `zoo.layers.activations`.
        shared: the perceptron that all tasks start from; None where weights come from elsewhere.
    """

    config: Any
    activation: str
    shared: MLP | None = None

    @property
    def example(self) -> Shape:
        return Shape((self.config.inputs,))

    @property
    def labels(self) -> Numbers:
        return Numbers(self.config.outputs)

    @property
    def past_outputs(self) -> int:
        return self.config.history

    def initial(self, support_y: tf.Tensor) -> Tensors:
        assert self.shared is not None
        return same_network(self.shared, tf.shape(support_y)[0])

    def run(self, task: Tensors, x: tf.Tensor) -> tf.Tensor:
        seen = coordinates(self.config)
        return seen.output(x, run_task_network(task, seen.example(x), activations.get(self.activation)))

    def pair(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Examples beside their labels, both as the network sees them: `[B, N, m], [B, N, n] -> [B, N, m + n]`."""
        seen = coordinates(self.config)
        return concatenated(seen.example(x), seen.label(x, y))

    def advance(self, task: Tensors, state: tf.Tensor) -> tf.Tensor:
        width, end = self.config.outputs, self.config.outputs * self.config.history
        return tf.concat([state[..., width:end], self.run(task, state), state[..., end:]], axis=-1)

    def emit(self, state: tf.Tensor) -> tf.Tensor:
        width, end = self.config.outputs, self.config.outputs * self.config.history
        return state[..., end - width : end]
