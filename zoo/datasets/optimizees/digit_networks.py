"""Small networks of MNIST's digits, trained on random mini-batches of 128.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3.2: one hidden layer of 20
sigmoid units, 100 steps; other networks, and 200 steps, show what an optimizer trained on that one is worth elsewhere. As in the
authors' code an optimizer learns from networks of the training images, and is evaluated on networks of the test images.
"""

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Condition
from zoo.datasets.images.mnist import MNIST
from zoo.datasets.labelled import TEST, TRAINING
from zoo.datasets.optimizees.optimizee import Instances, Optimizee
from zoo.datasets.optimizees.optimizees import SEGMENT, SEGMENTS, Optimizees

PIXELS, DIGITS = 784, 10
TRAINING_IMAGES, TEST_IMAGES = 60_000, 10_000
ACTIVATIONS = {"sigmoid": tf.sigmoid, "relu": tf.nn.relu}
TRANSFER: tuple[Condition, ...] = (
    {"units": 20, "layers": 1, "activation": "sigmoid"},
    {"units": 40, "layers": 1, "activation": "sigmoid"},
    {"units": 20, "layers": 2, "activation": "sigmoid"},
    {"units": 20, "layers": 1, "activation": "relu"},
)


@dataclass(frozen=True)
class DigitNetwork(Optimizee):
    """Mean cross-entropy of a network on a batch; instances are `rows [B, steps, batch]`, numbers of images at every step."""

    units: int = 20
    layers: int = 1
    activation: str = "sigmoid"

    @property
    def widths(self) -> tuple[int, ...]:
        """From the pixels to the digits."""
        return PIXELS, *[self.units] * self.layers, DIGITS

    @property
    def size(self) -> int:
        return sum((before + 1) * after for before, after in pairwise(self.widths))

    def loss(self, weights: tf.Tensor, instances: Instances, step: int | tf.Tensor) -> tf.Tensor:
        images, digits = _images()
        rows = instances["rows"][:, step]  # [B, batch]
        h = tf.cast(tf.gather(images, rows), tf.float32) / 255.0  # [B, batch, pixels]
        shapes = [shape for before, after in pairwise(self.widths) for shape in ((before, after), (1, after))]
        flat = tf.split(weights, [rows * columns for rows, columns in shapes], axis=1)
        parts = [tf.reshape(part, [-1, *shape]) for part, shape in zip(flat, shapes, strict=True)]
        for layer in range(self.layers + 1):
            h = tf.matmul(h, parts[2 * layer]) + parts[2 * layer + 1]
            h = ACTIVATIONS[self.activation](h) if layer < self.layers else h
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(digits, rows), h)  # [B, batch]
        return tf.reduce_mean(each, axis=1)


class DigitRuns(NamedTuple):
    """Runs on networks, as arrays: where they start `[B, P]`, the number of their network `[B]`, images `[B, steps, batch]`."""

    start: np.ndarray
    optimizee: np.ndarray
    rows: np.ndarray

    @property
    def inputs(self) -> dict[str, Any]:
        """All that an optimizer may see."""
        return self._asdict()


@dataclass(frozen=True)
class DigitNetworks(Optimizees):
    """Benchmark of networks of digits.

    Attributes:
        batch: images in a mini-batch.
    """

    batch: int = 128

    metric = "mean loss over the last 20 of so many updates"
    test_tasks = 50
    steps = 2 * SEGMENT * SEGMENTS
    tuning = 5

    @property
    def optimizees(self) -> tuple[Optimizee, ...]:
        return tuple(DigitNetwork(**condition) for condition in TRANSFER)

    def instances(self, shape: list[int], seed: tf.Tensor, steps: int, training: bool) -> dict[str, tf.Tensor]:
        first, last = (0, TRAINING_IMAGES) if training else (TRAINING_IMAGES, TRAINING_IMAGES + TEST_IMAGES)
        return {"rows": tf.random.stateless_uniform([*shape, steps + 1, self.batch], seed, first, last, tf.int32)}

    def segments(self, shape: list[int], seed: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.instances([SEGMENTS, *shape], seed, SEGMENT, training=True)

    def conditions(self) -> list[Condition]:
        """The network of training first, then those that show what was learned is worth elsewhere."""
        return [dict(condition) for condition in TRANSFER]

    def draw(self, tasks: int, seed: int, units: int = 20, layers: int = 1, activation: str = "sigmoid") -> DigitRuns:
        """Runs on mini-batches of the test images."""
        which = self.conditions().index({"units": units, "layers": layers, "activation": activation})
        start, number, parts = self.drawn(tasks, seed, which)
        return DigitRuns(start, number, **parts)

    def score(self, answers: np.ndarray, drawn: DigitRuns) -> list[tuple[Condition, np.ndarray]]:
        """The mean loss over updates 80 to 100, as far as training goes, and 180 to 200, `[B]` each."""
        ends = (self.steps // 2, self.steps)
        return [({"updates": end}, answers[:, end - SEGMENT : end + 1].mean(axis=1, dtype=np.float64)) for end in ends]


@functools.cache
def _images() -> tuple[tf.Tensor, tf.Tensor]:
    """All images, uint8 `[70000, 784]`, those of training first, and their digits."""
    with tf.init_scope():  # a graph may be the first to ask, and must not keep them to itself
        parts = MNIST(test_digits=()).load(TRAINING), MNIST().load(TEST)
        images, digits = (np.concatenate(each) for each in zip(*((part.x, part.labels) for part in parts), strict=True))
        return tf.constant(images.reshape(-1, PIXELS)), tf.constant(digits, tf.int32)
