"""A learned optimizer on optimizees: segments that it is trained on, and the losses of whole runs, compiled.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 2.1: the gradient that an
optimizer reads is a constant to whoever differentiates what it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees.optimizee import Instances, Optimizee, losses
from zoo.datasets.optimizees.optimizees import Optimizees, in_parts
from zoo.layers import CoordinatewiseLSTM
from zoo.utils.errors import ZooError


@final
@dataclass(frozen=True, eq=False)
class FlatLearned:
    """The layer as a `zoo.datasets.optimizees.optimizee.FlatRule`."""

    layer: CoordinatewiseLSTM

    def start(self, weights: tf.Tensor) -> tf.Tensor:
        return self.layer.start(weights)

    def step(self, gradient: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return self.layer(gradient, state)


def segment(
    layer: CoordinatewiseLSTM,
    optimizee: Optimizee,
    instances: Instances,
    weights: tf.Tensor,
    memory: tf.Tensor,
    steps: int,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """So many steps from weights `[B, P]` and a state `[B, P, S]`, unrolled.

    Returns:
        The losses before each step and after the last one, `[B, steps + 1]`, whose derivative by the layer's weights is that of
        the paper; and weights and state after it.
    """
    found = []
    for step in range(steps + 1):
        at = tf.stop_gradient(weights)
        loss, gradient = (tf.stop_gradient(part) for part in optimizee.slope(at, instances, step))
        # The loss, whose derivative by the weights is the gradient that is there already: the optimizee is differentiated once.
        found.append(loss + tf.reduce_sum(gradient * (weights - at), axis=1))
        if step < steps:
            update, memory = layer(gradient, memory)
            weights = weights + update
    return tf.stack(found, axis=1), weights, memory


@final
class Unrolled:
    """What evaluation asks in place of a learned optimizer: the losses of its runs on the optimizees of a benchmark.

    Args:
        layer: the optimizer.
    """

    def __init__(self, layer: CoordinatewiseLSTM):
        self._layer = layer
        self._graphs: dict[tuple[Optimizee, int], Any] = {}
        self._benchmark: Any = None

    def on(self, benchmark: Any) -> "Unrolled":
        """The same, for runs of this benchmark.

        Raises:
            ZooError: for a benchmark of something else than optimizees.
        """
        if not isinstance(benchmark, Optimizees):
            raise ZooError(
                f"{type(benchmark).__name__} has no optimizees; a learned optimizer is evaluated on zoo.datasets.optimizees."
            )
        self._benchmark = benchmark
        return self

    def variants(self, gradient_steps: Sequence[int] = ()) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """One way to answer."""
        return [({}, {})]

    def answers(self, inputs: dict[str, Any], horizon: int = 1) -> np.ndarray:
        """The loss before each step of a run and after the last one, `[B, steps + 1]`."""
        optimizee, steps = self._benchmark.optimizees[int(inputs["optimizee"][0])], self._benchmark.steps
        if (optimizee, steps) not in self._graphs:
            rule = FlatLearned(self._layer)
            self._graphs[optimizee, steps] = tf.function(
                lambda start, instances: losses(optimizee, instances, start, rule, steps), autograph=False, jit_compile=True
            )
        return in_parts(self._graphs[optimizee, steps], inputs, optimizee)
