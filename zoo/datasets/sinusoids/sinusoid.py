"""Sinusoid regression: every task is y = A sin(x - phi), seen at a few points.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, in the setting of
T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018: A ~ U[0.1, 5], phi ~ U[0, pi], x ~ U[-5, 5].
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Questions, Tasks, episode, numbered

AMPLITUDE, PHASE, X = (0.1, 5.0), (0.0, float(np.pi)), (-5.0, 5.0)
ORACLE = 0.025  # factor on amplitude and phase where an oracle sees them: a scale constant of the authors' code, kept
POINTS = 10  # support points, and query points, of a task as published
BLOCK = 50  # steps drawn at once
METRIC, TEST_TASKS = "mean squared error over query points", 20_000

# Streams that share a seed must never share a random number: each adds its own constant to the first word of the seed.
_TRAINING, _SPLIT, _SIZES, _FIXED, _EVALUATION, _QUESTIONS = (word << 40 for word in range(6))


def sinusoids(shape, points: int, seed, oracle: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw tasks and points of them.

    Args:
        shape: leading shape, one task each.
        points: points of each task.
        seed: int64 `[2]`; the same seed gives the same tasks on every machine.
        oracle: if true, every x is followed by amplitude and phase of its task, each times `ORACLE`.

    Returns:
        x and y, each float32 `[*shape, points, 1]`; x `[*shape, points, 3]` for an oracle.
    """
    u = tf.random.stateless_uniform([*shape, points + 2], seed)
    amplitude = AMPLITUDE[0] + (AMPLITUDE[1] - AMPLITUDE[0]) * u[..., :1]
    phase = PHASE[0] + (PHASE[1] - PHASE[0]) * u[..., 1:2]
    x = X[0] + (X[1] - X[0]) * u[..., 2:]
    y = amplitude * tf.sin(x - phase)
    parts = [x, *(ORACLE * known + tf.zeros_like(x) for known in (amplitude, phase) if oracle)]
    return tf.stack(parts, axis=-1), tf.expand_dims(y, -1)


def _draw(tasks: int, seed: int, support: int = POINTS, noise: float = 0.0, oracle: bool = False) -> Tasks:
    """Tasks that no training stream gives; `noise` is the standard deviation added to the support labels only."""
    word = tf.constant([_EVALUATION + seed, 0], tf.int64)
    x, y = sinusoids([tasks], POINTS + support, word, oracle)
    support_y = y[:, POINTS:] + noise * tf.random.stateless_normal([tasks, support, 1], word + 1)
    size = np.full([tasks], support, np.int32)
    return Tasks(x[:, POINTS:].numpy(), support_y.numpy(), size, x[:, :POINTS].numpy(), y[:, :POINTS].numpy())


def squared_errors(predicted: np.ndarray, query_y: np.ndarray) -> list[tuple[dict[str, Any], np.ndarray]]:
    """Mean squared error of every task over its queries, `[B, M, 1]` twice -> `[B]`."""
    return [({}, np.square(predicted - query_y).mean(axis=(1, 2), dtype=np.float64))]


def _ask(tasks: int, seed: int, support: int = 2, candidates: int = 8) -> Questions:
    """Tasks of which `support` points are known, with candidates and a target drawn as all points are."""
    x, y = sinusoids([tasks], support + candidates + 1, tf.constant([_QUESTIONS + seed, 0], tf.int64))
    (known_x, other_x, at), (known_y, other_y, there) = (tf.split(part, [support, candidates, 1], axis=1) for part in (x, y))
    size = np.full([tasks], support, np.int32)
    parts = (known_x, known_y, size, other_x, other_y, tf.squeeze(at, 1), tf.squeeze(there, 1))
    return Questions(*(np.asarray(part) for part in parts))


@dataclass(frozen=True)
class FreshSinusoids:
    """New tasks at every step, each with a random number of support points.

    Attributes:
        sizes: relative frequency of 1, 2, ... support points; the default always shows ten.
        weights: weight of a task in the loss, by its number of support points; empty for equal weights. The error that is left
            falls by four orders of magnitude from 1 to 10 points, and unweighted the smallest sets drown the rest.
        oracle: if true, examples tell their task, see `sinusoids`.
    """

    input_range: ClassVar[tuple[float, float]] = X
    sizes: tuple[float, ...] = (0.0,) * (POINTS - 1) + (1.0,)
    weights: tuple[float, ...] = ()
    oracle: bool = False

    def __post_init__(self):
        if self.weights and len(self.weights) != len(self.sizes):
            raise ValueError(f"{len(self.weights)} weights for {len(self.sizes)} sizes; give one weight for each size.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; supports are padded to the largest size with points that do not count."""
        largest = len(self.sizes)
        upto = tf.constant(np.cumsum(self.sizes)[:-1] / np.sum(self.sizes), tf.float32)
        weights = tf.constant(self.weights or (1.0,) * largest, tf.float32)

        def make(block):
            shape = [BLOCK, tasks_per_step]
            x, y = sinusoids(shape, largest + POINTS, tf.stack([_TRAINING + seed, block]), self.oracle)
            u = tf.random.stateless_uniform([BLOCK * tasks_per_step], tf.stack([_SIZES + seed, block]))
            size = 1 + tf.reshape(tf.searchsorted(upto, u, side="right"), shape)
            weight = tf.expand_dims(tf.gather(weights, size - 1), -1)
            parts = (x[:, :, :largest], y[:, :, :largest], size, x[:, :, largest:], y[:, :, largest:])
            return episode(*parts, weight) if self.weights else episode(*parts)

        return numbered(make, BLOCK, start)

    def conditions(self) -> list[dict[str, Any]]:
        """Ten clean points first, then every size that the card reports, clean and with noise 0.1."""
        sizes = [size for size in (1, 2, 3, 5, 8, 10, 20) if size <= len(self.sizes) and self.sizes[size - 1]]
        clean = [{"support": size, "noise": 0.0} for size in sorted(sizes, key=lambda size: size != POINTS)]
        return clean + [{**condition, "noise": 0.1} for condition in clean]

    def draw(self, tasks: int, seed: int, **condition: Any) -> Tasks:
        """Tasks that no stream gives: `support` points, labels of the support with `noise` of that standard deviation."""
        return _draw(tasks, seed, oracle=self.oracle, **condition)

    questions = staticmethod(_ask)
    errors = staticmethod(squared_errors)
    metric, horizon, test_tasks = METRIC, 1, TEST_TASKS


@dataclass(frozen=True)
class FixedSinusoids:
    """The paper's training set: a fixed list of tasks, each with the same 10 support and 10 query points for ever.

    Attributes:
        tasks: length of the list.
        resplit: if true, the 20 points of a task are split anew into support and query each time it is shown.
        oracle: if true, examples tell their task, see `sinusoids`.
    """

    input_range: ClassVar[tuple[float, float]] = X
    tasks: int = 100
    resplit: bool = False
    oracle: bool = False

    def training_tasks(self, seed: int) -> tuple[tf.Tensor, tf.Tensor]:
        """The list itself: x and y, as from `sinusoids([tasks], 20)`, support points first."""
        return sinusoids([self.tasks], 2 * POINTS, tf.constant([_FIXED + seed, 0], tf.int64), self.oracle)

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; every pass over the list is in a new order."""
        if self.tasks % tasks_per_step:
            raise ValueError(f"tasks_per_step={tasks_per_step} must divide the {self.tasks} tasks of the list.")
        x, y = self.training_tasks(seed)
        passes = self.tasks // tasks_per_step  # steps in one pass

        def make(number):
            order = tf.random.experimental.stateless_shuffle(tf.range(self.tasks), tf.stack([_TRAINING + seed, number]))
            x_now, y_now = tf.gather(x, order), tf.gather(y, order)  # [tasks, 20, 1]
            if self.resplit:
                u = tf.random.stateless_uniform([self.tasks, 2 * POINTS], tf.stack([_SPLIT + seed, number]))
                split = tf.argsort(u, axis=1)
                x_now, y_now = tf.gather(x_now, split, batch_dims=1), tf.gather(y_now, split, batch_dims=1)
            size = tf.fill([self.tasks], POINTS)
            parts = (x_now[:, :POINTS], y_now[:, :POINTS], size, x_now[:, POINTS:], y_now[:, POINTS:])
            shape = [passes, tasks_per_step]
            return episode(*(tf.reshape(part, [*shape, *part.shape[1:]]) for part in parts))

        return numbered(make, passes, start)

    def conditions(self) -> list[dict[str, Any]]:
        """Ten clean points, as the learner was trained."""
        return [{"support": POINTS, "noise": 0.0}]

    def draw(self, tasks: int, seed: int, **condition: Any) -> Tasks:
        """Tasks that no stream gives: `support` points, labels of the support with `noise` of that standard deviation."""
        return _draw(tasks, seed, oracle=self.oracle, **condition)

    questions = staticmethod(_ask)
    errors = staticmethod(squared_errors)
    metric, horizon, test_tasks = METRIC, 1, TEST_TASKS
