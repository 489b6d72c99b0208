"""A learned rule: an LSTM proposes the change of every weight.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, equation 3.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import CoordinatewiseLSTM
from zoo.learners.endpoint import Tensors
from zoo.learners.rules.flat import flat, parted


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """weights + what the LSTM proposes. A gradient is a constant to whoever differentiates a step, as in the paper.

    Attributes:
        optimizer: the layer, built; the model that made it saves its weights.
    """

    optimizer: CoordinatewiseLSTM

    def start(self, weights: Tensors) -> Tensors:
        return {"memory": self.optimizer.start(flat(weights))}

    def step(self, gradient: Tensors, state: Tensors, weights: Tensors) -> tuple[Tensors, Tensors]:
        update, memory = self.optimizer(tf.stop_gradient(flat(gradient)), state["memory"])
        return parted(flat(weights) + update, weights), {"memory": memory}
