"""Plain gradient descent with clipped gradients: one rate for all weights, or a learned rate for each.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, equation 1; with rates
that are learned, Z. Li, F. Zhou, F. Chen, H. Li, "Meta-SGD: Learning to learn quickly for few-shot learning", 2017, equation 4.
Departure: the norm of each task's gradient is clipped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors


@final
@dataclass(frozen=True, eq=False)
class Descent:
    """weights - rate * gradient.

    Attributes:
        rate: of every weight that has none of its own (alpha).
        rates: a learned rate for each number of each weight, by name, of the weight's shape without the task axis.
        clip: the norm of a task's gradient is clipped to this.
        first_order: whether a gradient is a constant to whoever differentiates a step.
    """

    rate: float
    rates: Mapping[str, Any] = field(default_factory=dict)
    clip: float = float("inf")
    first_order: bool = False

    def start(self, weights: Tensors) -> Tensors:
        return {}

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        slope = clipped(gradient, self.clip)
        if self.first_order:
            slope = {name: tf.stop_gradient(part) for name, part in slope.items()}
        return {name: value - self._rate(name) * slope[name] for name, value in weights.items()}, state

    def _rate(self, name: str) -> tf.Tensor | float:
        return tf.expand_dims(tf.cast(self.rates[name], tf.float32), 0) if name in self.rates else self.rate


def clipped(gradient: Tensors, limit: float) -> Tensors:
    """Gradients whose norm over all weights of a task is at most `limit`: dict of `[B, ...]`."""
    if limit == float("inf"):
        return gradient
    squares = [tf.reduce_sum(tf.square(part), axis=list(range(1, part.shape.rank))) for part in gradient.values()]
    shrink = limit * tf.math.rsqrt(tf.maximum(tf.add_n(squares), limit**2))  # [B], 1 up to the limit
    return {name: part * tf.reshape(shrink, [-1] + [1] * (part.shape.rank - 1)) for name, part in gradient.items()}
