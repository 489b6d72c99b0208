"""Adam on every task on its own.

D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.learners.endpoint import Tensors

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


@final
@dataclass(frozen=True)
class Adam:
    """Adam with the paper's decay rates.

    Attributes:
        learning_rate: alpha.
    """

    learning_rate: float

    def start(self, weights: Tensors) -> Tensors:
        zeros = {f"{moment}_{name}": tf.zeros_like(value) for moment in ("first", "second") for name, value in weights.items()}
        tasks = tf.shape(next(iter(weights.values())))[0]
        return {**zeros, "steps": tf.zeros([tasks])}

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        after, kept = {}, {"steps": state["steps"] + 1.0}
        for name, slope in gradient.items():
            first = BETA_1 * state[f"first_{name}"] + (1 - BETA_1) * slope
            second = BETA_2 * state[f"second_{name}"] + (1 - BETA_2) * tf.square(slope)
            steps = tf.reshape(kept["steps"], [-1] + [1] * (slope.shape.rank - 1))
            root = tf.sqrt(second / (1 - tf.pow(BETA_2, steps))) + EPSILON
            after[name] = weights[name] - self.learning_rate * first / (1 - tf.pow(BETA_1, steps)) / root
            kept[f"first_{name}"], kept[f"second_{name}"] = first, second
        return after, kept
