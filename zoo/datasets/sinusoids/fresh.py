"""New waves at every training step, each with a random number of support points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Questions, Tasks, episode, numbered
from zoo.datasets.sinusoids.waves import (
    BLOCK,
    KNOWS,
    METRIC,
    POINTS,
    SIZES_STREAM,
    TEST_TASKS,
    TRAINING_STREAM,
    X,
    Y,
    draw_questions,
    draw_tasks,
    sinusoids,
    squared_errors,
)
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class FreshSinusoids(Benchmark):
    """Benchmark of waves that training never shows twice.

    Attributes:
        sizes: relative frequency of 1, 2, ... support points; the default always shows ten.
        weights: weight of a task in the loss, by its number of support points; empty for equal weights. The error that is left
            falls by four orders of magnitude from 1 to 10 points, and unweighted the smallest sets drown the rest.
        oracle: if true, every example holds the parameters of its task, see `zoo.datasets.sinusoids.waves.sinusoids`.
    """

    sizes: tuple[float, ...] = (0.0,) * (POINTS - 1) + (1.0,)
    weights: tuple[float, ...] = ()
    oracle: bool = False

    metric = METRIC
    test_tasks = TEST_TASKS
    input_range, label_range, knows = X, Y, KNOWS

    def __post_init__(self) -> None:
        if self.weights and len(self.weights) != len(self.sizes):
            raise ZooError(f"{len(self.weights)} weights for {len(self.sizes)} sizes; give one weight for each size.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; supports are padded to the largest size with points that do not count."""
        largest = len(self.sizes)
        upto = tf.constant(np.cumsum(self.sizes)[:-1] / np.sum(self.sizes), tf.float32)
        weights = tf.constant(self.weights or (1.0,) * largest, tf.float32)

        def make(block: tf.Tensor) -> tuple[Any, ...]:
            shape = [BLOCK, tasks_per_step]
            x, y = sinusoids(shape, largest + POINTS, tf.stack([TRAINING_STREAM + seed, block]), self.oracle)
            u = tf.random.stateless_uniform([BLOCK * tasks_per_step], tf.stack([SIZES_STREAM + seed, block]))
            size = 1 + tf.reshape(tf.searchsorted(upto, u, side="right"), shape)
            weight = tf.expand_dims(tf.gather(weights, size - 1), -1)
            parts = (x[:, :, :largest], y[:, :, :largest], size, x[:, :, largest:], y[:, :, largest:])
            return episode(*parts, weight) if self.weights else episode(*parts)

        return numbered(make, BLOCK, start)

    def conditions(self) -> list[Condition]:
        """Ten clean points first, then every size that training shows of those that a card reports, clean and with noise 0.1."""
        sizes = [size for size in (1, 2, 3, 5, 8, 10, 20) if size <= len(self.sizes) and self.sizes[size - 1]] or [POINTS]
        clean = [{"support": size, "noise": 0.0} for size in sorted(sizes, key=lambda size: size != POINTS)]
        return clean + [{**condition, "noise": 0.1} for condition in clean]

    def draw(self, tasks: int, seed: int, support: int = POINTS, noise: float = 0.0) -> Tasks:
        """Tasks that no stream gives: `support` points, whose labels have `noise` of that standard deviation."""
        return draw_tasks(tasks, seed, support, noise, self.oracle)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Mean squared error of every task, `[B]`."""
        return squared_errors(answers, drawn.query_y)

    def questions(self, tasks: int, seed: int, support: int = 2, candidates: int = 8) -> Questions | None:
        """Tasks with `support` known points and some candidates; none for an oracle, which has nothing to ask."""
        return None if self.oracle else draw_questions(tasks, seed, support, candidates)
