"""An optimizee: a family of losses of one vector of weights, whose instances an optimizer is trained and evaluated on.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 2.
"""

import abc
from collections.abc import Mapping
from typing import Any, Protocol

import tensorflow as tf

Instances = Mapping[str, tf.Tensor]
"""What sets the instances of a batch apart, by name, each `[B, ...]`."""


class Optimizee(abc.ABC):
    """A family of losses; subclasses are frozen dataclasses, so that two alike are equal."""

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """P, how many weights there are."""

    @abc.abstractmethod
    def loss(self, weights: tf.Tensor, instances: Instances, step: int | tf.Tensor) -> tf.Tensor:
        """The loss of each instance at a step, `[B, P], dict of [B, ...] -> [B]`; with random batches, each step has its own."""

    def slope(self, weights: tf.Tensor, instances: Instances, step: int | tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Loss `[B]` and gradient `[B, P]`."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = self.loss(weights, instances, step)
        return loss, tape.gradient(loss, weights)


class FlatRule(Protocol):
    """An optimizer of one vector of weights for each of B problems."""

    def start(self, weights: tf.Tensor) -> Any:
        """The state before any step, of weights `[B, P]`: any structure of tensors."""

    def step(self, gradient: tf.Tensor, state: Any) -> tuple[tf.Tensor, Any]:
        """What is added to the weights, `[B, P]`, and the next state."""


def losses(optimizee: Optimizee, instances: Instances, start: tf.Tensor, rule: FlatRule, steps: int) -> tf.Tensor:
    """The loss before each of so many steps and after the last one: weights `[B, P]` to start from, `-> [B, steps + 1]`."""

    def body(step: tf.Tensor, weights: tf.Tensor, state: Any, found: tf.TensorArray) -> tuple[Any, ...]:
        loss, gradient = optimizee.slope(weights, instances, step)
        update, state = rule.step(gradient, state)
        return step + 1, tf.ensure_shape(weights + update, start.shape), state, found.write(step, loss)

    begin = (tf.constant(0), start, rule.start(start), tf.TensorArray(tf.float32, steps + 1))
    _, weights, _, found = tf.while_loop(lambda step, *_: step < steps, body, begin, maximum_iterations=steps)
    return tf.transpose(found.write(steps, optimizee.loss(weights, instances, steps)).stack())
