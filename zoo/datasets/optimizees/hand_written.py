"""Optimizers written by hand, beside which a learned one is measured, each with the best of eleven learning rates.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3: SGD, RMSprop, Adam and
Nesterov's accelerated gradient, whose learning rates are chosen for each problem and whose other settings are the usual ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees.optimizee import FlatRule

RATES = (1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
State = dict[str, tf.Tensor]


@dataclass(frozen=True)
class SGD:
    """Plain descent."""

    rate: float | tf.Tensor

    def start(self, weights: tf.Tensor) -> State:
        return {}

    def step(self, gradient: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        return -self.rate * gradient, state


@dataclass(frozen=True)
class Nesterov:
    """Accelerated gradient, momentum 0.9."""

    rate: float | tf.Tensor
    momentum: float = 0.9

    def start(self, weights: tf.Tensor) -> State:
        return {"velocity": tf.zeros_like(weights)}

    def step(self, gradient: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        velocity = self.momentum * state["velocity"] - self.rate * gradient
        return self.momentum * velocity - self.rate * gradient, {"velocity": velocity}


@dataclass(frozen=True)
class RMSprop:
    """Descent by a running root mean square of the gradient, decay 0.99."""

    rate: float | tf.Tensor
    decay: float = 0.99

    def start(self, weights: tf.Tensor) -> State:
        return {"square": tf.zeros_like(weights)}

    def step(self, gradient: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        square = self.decay * state["square"] + (1.0 - self.decay) * tf.square(gradient)
        return -self.rate * gradient / (tf.sqrt(square) + 1e-8), {"square": square}


@dataclass(frozen=True)
class Adam:
    """Adam, with decays 0.9 and 0.999."""

    rate: float | tf.Tensor

    def start(self, weights: tf.Tensor) -> State:
        return {"first": tf.zeros_like(weights), "second": tf.zeros_like(weights), "steps": tf.zeros([])}

    def step(self, gradient: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        steps = state["steps"] + 1.0
        first = 0.9 * state["first"] + 0.1 * gradient
        second = 0.999 * state["second"] + 0.001 * tf.square(gradient)
        root = tf.sqrt(second / (1.0 - tf.pow(0.999, steps))) + 1e-8
        update = -self.rate * first / (1.0 - tf.pow(0.9, steps)) / root
        return update, {"first": first, "second": second, "steps": steps}


BY_NAME: Mapping[str, Callable[[tf.Tensor], FlatRule]] = {
    "Adam": Adam,
    "RMSprop": RMSprop,
    "SGD": SGD,
    "Nesterov momentum": Nesterov,
}


def best_rate(score: Callable[[float], float]) -> float:
    """The rate whose score is lowest; one that ends at no number is never it."""
    found = [score(rate) for rate in RATES]
    return RATES[int(np.argmin([each if np.isfinite(each) else np.inf for each in found]))]
