"""Gradient descent whose learning rates are learned, one for each tensor of weights and each step.

A. Antoniou, H. Edwards, A. Storkey, "How to train your MAML", 2019, section 4, "LSLR". Departure: logarithms of the rates are
learned, so that a step of training changes rates of 0.01 and of 1 by the same share, and none below zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors


@final
@dataclass(frozen=True, eq=False)
class Stepwise:
    """weights - exp(logarithm[step]) * gradient; steps beyond the last rate take the last one.

    Attributes:
        logarithms: by name of a tensor of weights, of a rate for each step, `[steps]`.
        first_order: whether a gradient is a constant to whoever differentiates a step.
    """

    logarithms: Mapping[str, Any]
    first_order: bool = False

    def start(self, weights: Tensors) -> Tensors:
        return {"steps": tf.zeros([tf.shape(next(iter(weights.values())))[0]], tf.int32)}

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        after = {}
        for name, value in weights.items():
            slope = tf.stop_gradient(gradient[name]) if self.first_order else gradient[name]
            after[name] = value - self._rate(name, state["steps"], value.shape.rank) * slope
        return after, {"steps": state["steps"] + 1}

    def _rate(self, name: str, steps: tf.Tensor, rank: int) -> tf.Tensor:
        """Of every task, `[B, 1, ...]`; a product with a one-hot row, whose gradient converts where that of a gather does not."""
        rates = tf.exp(tf.cast(self.logarithms[name], tf.float32))
        chosen = tf.one_hot(tf.minimum(steps, rates.shape[0] - 1), rates.shape[0])  # [B, steps]
        return tf.reshape(tf.linalg.matvec(chosen, rates), [-1] + [1] * (rank - 1))
