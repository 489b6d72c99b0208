"""A rule of learned gates: an input gate in place of a learning rate, a forget gate in place of a decay, for every weight.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, equations 3 to 6.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import CoordinatewiseGates
from zoo.learners.endpoint import Tensors
from zoo.learners.rules.flat import flat, parted


@final
@dataclass(frozen=True, eq=False)
class Gated:
    """f weights - i gradient. Gradient and loss are constants to whoever differentiates a step (the paper's section 3.3).

    Attributes:
        gates: the layer, built; the model that made it saves its weights.
    """

    gates: CoordinatewiseGates

    def start(self, weights: Tensors) -> Tensors:
        return {"memory": self.gates.start(flat(weights))}

    def step_with_loss(self, loss: tf.Tensor, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        read = tf.stop_gradient(flat(gradient)), tf.stop_gradient(tf.expand_dims(loss, 1))
        after, memory = self.gates(*read, flat(weights), state["memory"])
        return parted(after, weights), {"memory": memory}
