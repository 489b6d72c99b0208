"""Random quadratics of ten dimensions: |W theta - y|^2 with a new W and y for every instance.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3.1. Departures: none from the
paper; the authors' code draws W and y uniform in 0 to 1, and divides gradients by the 128 instances of a batch.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Condition
from zoo.datasets.optimizees.optimizee import Instances, Optimizee
from zoo.datasets.optimizees.optimizees import SEGMENT, SEGMENTS, Optimizees


@dataclass(frozen=True)
class Quadratic(Optimizee):
    """|W theta - y|^2; instances are `w [B, n, n]` and `y [B, n]`, at every step the same."""

    dimension: int = 10

    @property
    def size(self) -> int:
        return self.dimension

    def loss(self, weights: tf.Tensor, instances: Instances, step: int | tf.Tensor) -> tf.Tensor:
        apart = tf.squeeze(tf.matmul(instances["w"], tf.expand_dims(weights, 2)), 2) - instances["y"]  # [B, n]
        return tf.reduce_sum(tf.square(apart), axis=1)


class QuadraticRuns(NamedTuple):
    """Runs on quadratics, as arrays: where they start `[B, n]`, the number of their optimizee `[B]`, w and y."""

    start: np.ndarray
    optimizee: np.ndarray
    w: np.ndarray
    y: np.ndarray

    @property
    def inputs(self) -> dict[str, Any]:
        """All that an optimizer may see."""
        return self._asdict()


@dataclass(frozen=True)
class Quadratics(Optimizees):
    """Benchmark of quadratics whose W and y are standard normal.

    Attributes:
        dimension: of theta, W and y.
    """

    dimension: int = 10

    metric = "loss after the last of so many updates"
    test_tasks = 2_000
    steps = SEGMENT * SEGMENTS
    tuning = 200

    @property
    def optimizees(self) -> tuple[Optimizee, ...]:
        return (Quadratic(self.dimension),)

    def instances(self, shape: list[int], seed: tf.Tensor, steps: int, training: bool) -> dict[str, tf.Tensor]:
        both = tf.random.stateless_normal([*shape, self.dimension, self.dimension + 1], seed)
        return {"w": both[..., :-1], "y": both[..., -1]}

    def segments(self, shape: list[int], seed: tf.Tensor) -> dict[str, tf.Tensor]:
        parts = self.instances(shape, seed, self.steps, training=True)
        return {name: tf.stack([part] * SEGMENTS) for name, part in parts.items()}

    def conditions(self) -> list[Condition]:
        """The dimension of training."""
        return [{"dimension": self.dimension}]

    def draw(self, tasks: int, seed: int, dimension: int = 10) -> QuadraticRuns:
        """Runs on instances that no stream gives."""
        start, which, parts = self.drawn(tasks, seed, 0)
        return QuadraticRuns(start, which, **parts)

    def score(self, answers: np.ndarray, drawn: QuadraticRuns) -> list[tuple[Condition, np.ndarray]]:
        """The loss after 100 updates, and on the way there, `[B]` each."""
        return [({"updates": at}, answers[:, at].astype(np.float64)) for at in (self.steps, 10, 20, 50)]
