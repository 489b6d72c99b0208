"""What playing and training ask of a policy; see `zoo.learners.acting.policy`."""

from typing import Any, Protocol

import tensorflow as tf

from zoo.datasets.acting.environments import Environments
from zoo.learners.endpoint import Tensors


class Acts(Protocol):
    """A policy, see `Policy` for each of these."""

    config: Any
    value_unit: float
    graphs: Any

    def check(self, benchmark: Any) -> Environments:
        """The benchmark, if it is of worlds that the policy is made for."""

    def reset(self, trials: tf.Tensor) -> Tensors:
        """The memory before the first step."""

    def act(
        self, memory: Tensors, observation: tf.Tensor, reward: tf.Tensor, done: tf.Tensor, luck: tf.Tensor
    ) -> tuple[Tensors, Tensors]:
        """An action in every trial, and the memory after it."""

    def seen(self, observation: tf.Tensor, last: tf.Tensor, reward: tf.Tensor, done: tf.Tensor) -> tf.Tensor:
        """What a step is shown."""

    def sequence(self, seen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits and values of whole trials."""
