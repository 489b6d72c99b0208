"""A rule of gradient steps, as Optax has them: a pair of pure functions over all tasks at once."""

from typing import Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Tensors


class Rule(Protocol):
    """How a gradient becomes a step; it may have weights of its own, and keep a state between the steps."""

    def start(self, weights: Tensors) -> Tensors:
        """The state before any step, a dict of `[B, ...]`; empty where a rule keeps none."""

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        """Weights and state one step later; all are dicts of `[B, ...]`, gradient and weights of the same names."""


@runtime_checkable
class LossRule(Protocol):
    """A rule that reads the loss of each task beside its gradient."""

    def start(self, weights: Tensors) -> Tensors:
        """As of `Rule`."""

    def step_with_loss(self, loss: tf.Tensor, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        """As `step` of `Rule`, with the loss `[B]` that the gradient is of."""
