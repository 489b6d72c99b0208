"""Adam without momentum on every task, whose second moments begin where training left them.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, section 4: beta_1 is 0, and as in the authors'
code every task begins with the second moments of those before it. A fresh start would make a first step of the same size for
every weight, which is another learner: classes that start alike ask nothing of the layers below at first but rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.rules.adam import BETA_2, EPSILON


@final
@dataclass(frozen=True, eq=False)
class WarmAdam:
    """weights - rate * gradient / root of the second moments, of so many steps that no bias is left to correct.

    Attributes:
        learning_rate: alpha, of every weight that has none of its own.
        moments: second moments to begin with, by name, of a shape that broadcasts to the weight's without its task axis.
        rates: learning rates of some weights, by name.
    """

    learning_rate: float
    moments: Mapping[str, Any]
    rates: Mapping[str, float] = field(default_factory=dict)

    def start(self, weights: Tensors) -> Tensors:
        begun = {name: tf.expand_dims(tf.cast(self.moments[name], tf.float32), 0) for name in weights}
        return {f"second_{name}": tf.zeros_like(value) + begun[name] for name, value in weights.items()}

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        after, kept = {}, {}
        for name, slope in gradient.items():
            second = BETA_2 * state[f"second_{name}"] + (1 - BETA_2) * tf.square(slope)
            after[name] = weights[name] - self.rates.get(name, self.learning_rate) * slope / (tf.sqrt(second) + EPSILON)
            kept[f"second_{name}"] = second
        return after, kept
