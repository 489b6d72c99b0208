"""A network of digits whose learning rates are to be learned: its loss, gradients and products with its curvature.

D. Maclaurin, D. Duvenaud, R. Adams, "Gradient-based hyperparameter optimization through reversible learning", 2015, section 3.1,
with the numbers of the authors' code: 784-50-50-50-10, 10,000 digits of MNIST, 100 steps of 200 digits.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import tensorflow as tf

from zoo.datasets.images.mnist import MNIST
from zoo.datasets.labelled import TRAINING

WIDTHS = (784, 50, 50, 50, 10)
IMAGES, BATCH, STEPS = 10_000, 200, 100
LAYERS = len(WIDTHS) - 1
SHAPES = tuple(shape for rows, columns in pairwise(WIDTHS) for shape in ((rows, columns), (columns,)))
SIZES = tuple(int(np.prod(shape)) for shape in SHAPES)
GROUP = np.repeat(np.arange(len(SHAPES)), SIZES)  # weights and biases of each layer in turn
SPREAD = np.exp(-3.0)  # of weights and biases at the start


class Digits:
    """The training problem of one seed after the other; the loss is that of training, on all images."""

    def __init__(self, x: np.ndarray, y: np.ndarray):
        """Of images float32 `[n, 784]` in 0 to 1 and their digits int32 `[n]`."""
        self.x, self.y = x, y
        self._slope, self._product = tf.function(_slope), tf.function(_product)

    @classmethod
    def mnist(cls) -> "Digits":
        """The first images of MNIST's training part, as many of each digit.

        Raises:
            ZooError: if MNIST cannot be had.
        """
        digits = MNIST(test_digits=()).load(TRAINING)
        place = np.arange(len(digits.x)) - np.repeat(np.cumsum(digits.counts) - digits.counts, digits.counts)
        chosen = np.argsort(place, kind="stable")[:IMAGES]
        x = digits.x[chosen].reshape(len(chosen), -1).astype(np.float32) / 255.0
        return cls(x, np.repeat(np.arange(len(digits.counts)), digits.counts)[chosen].astype(np.int32))

    def start(self, seed: int) -> np.ndarray:
        """Weights `[P]` to start from."""
        return np.random.default_rng([seed, 0]).normal(0.0, SPREAD, sum(SIZES))

    def batches(self, seed: int) -> np.ndarray:
        """Indices `[STEPS, BATCH]`, drawn with replacement."""
        return np.random.default_rng([seed, 1]).integers(0, len(self.x), (STEPS, BATCH))

    def gradient(self, batches: np.ndarray) -> Callable[[np.ndarray, int], np.ndarray]:
        """Of the loss of each step."""
        return lambda w, step: self._at(self._slope, batches[step], w)[1]

    def product(self, batches: np.ndarray) -> Callable[[np.ndarray, int, np.ndarray], np.ndarray]:
        """Of the curvature of the loss of each step with a vector."""
        return lambda w, step, vector: self._at(self._product, batches[step], w, vector)[0]

    def end(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss on all images, and its gradient."""
        value, slope = self._at(self._slope, slice(None), w)
        return float(value), slope

    def _at(
        self, function: Callable[..., tuple[tf.Tensor, ...]], rows: np.ndarray | slice, *vectors: np.ndarray
    ) -> list[np.ndarray]:
        parts = [tf.constant(vector, tf.float32) for vector in vectors]
        return [np.asarray(part, np.float64) for part in function(tf.constant(self.x[rows]), tf.constant(self.y[rows]), *parts)]


def _loss(x: tf.Tensor, y: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
    h = x
    parts = [tf.reshape(part, shape) for part, shape in zip(tf.split(w, SIZES), SHAPES, strict=True)]
    for layer in range(LAYERS):
        h = tf.matmul(h, parts[2 * layer]) + parts[2 * layer + 1]
        h = tf.tanh(h) if layer < LAYERS - 1 else h
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, h))


def _slope(x: tf.Tensor, y: tf.Tensor, w: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = _loss(x, y, w)
    return value, tape.gradient(value, w)


def _product(x: tf.Tensor, y: tf.Tensor, w: tf.Tensor, vector: tf.Tensor) -> tuple[tf.Tensor]:
    with tf.GradientTape() as outer:
        outer.watch(w)
        along = tf.reduce_sum(_slope(x, y, w)[1] * vector)
    return (outer.gradient(along, w),)
