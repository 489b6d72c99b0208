"""Gradient steps on what stands after an encoder that no step moves: a support is embedded once, however many steps there are.

A. Raghu, M. Raghu, S. Bengio, O. Vinyals, "Rapid learning or feature reuse? Towards understanding the effectiveness of MAML",
2020, section 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner

_EMBEDDED = "embedded support"  # its name in a state, beside those of the steps


@final
@dataclass(frozen=True, eq=False)
class StepsOnEmbedded:
    """A `Refiner` of examples, made of one of embedded examples.

    Attributes:
        embed: `[B, N, ...] -> [B, N, D]`.
        steps: the refiner of embedded examples.
    """

    embed: Callable[[tf.Tensor], tf.Tensor]
    steps: Refiner

    def start(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        embedded = self.embed(support_x)
        return {**self.steps.start(embedded, support_y, support_size), _EMBEDDED: embedded}

    def step(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        own, embedded = _parts(state)
        return {**self.steps.step(own, embedded, support_y, support_size), _EMBEDDED: embedded}

    def task(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        own, embedded = _parts(state)
        return self.steps.task(own, embedded, support_y, support_size)


def _parts(state: Tensors) -> tuple[Tensors, tf.Tensor]:
    return {name: part for name, part in state.items() if name != _EMBEDDED}, state[_EMBEDDED]
