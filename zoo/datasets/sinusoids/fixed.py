"""A fixed list of waves to train on, as published.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018: each task of the list has the same ten support points
and the same ten query points for ever.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Questions, Tasks, episode, numbered
from zoo.datasets.sinusoids.waves import (
    FIXED_STREAM,
    KNOWS,
    METRIC,
    POINTS,
    SPLIT_STREAM,
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
class FixedSinusoids(Benchmark):
    """Benchmark of waves whose training tasks are a fixed list.

    Attributes:
        tasks: length of the list.
        resplit: if true, the 20 points of a task are split anew into support and query each time it is shown.
        oracle: if true, every example holds the parameters of its task, see `zoo.datasets.sinusoids.waves.sinusoids`.
    """

    tasks: int = 100
    resplit: bool = False
    oracle: bool = False

    metric = METRIC
    test_tasks = TEST_TASKS
    input_range, label_range, knows = X, Y, KNOWS

    def training_tasks(self, seed: int) -> tuple[tf.Tensor, tf.Tensor]:
        """The list itself: x and y, as from `sinusoids([tasks], 20)`, support points first."""
        return sinusoids([self.tasks], 2 * POINTS, tf.constant([FIXED_STREAM + seed, 0], tf.int64), self.oracle)

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; every pass over the list is in a new order.

        Raises:
            ZooError: if `tasks_per_step` does not divide the length of the list.
        """
        if self.tasks % tasks_per_step:
            raise ZooError(f"tasks_per_step={tasks_per_step} must divide the {self.tasks} tasks of the list.")
        x, y = self.training_tasks(seed)
        passes = self.tasks // tasks_per_step  # steps in one pass

        def make(number: tf.Tensor) -> tuple[Any, ...]:
            order = tf.random.experimental.stateless_shuffle(tf.range(self.tasks), tf.stack([TRAINING_STREAM + seed, number]))
            x_now, y_now = tf.gather(x, order), tf.gather(y, order)  # [tasks, 20, 1]
            if self.resplit:
                u = tf.random.stateless_uniform([self.tasks, 2 * POINTS], tf.stack([SPLIT_STREAM + seed, number]))
                split = tf.argsort(u, axis=1)
                x_now, y_now = tf.gather(x_now, split, batch_dims=1), tf.gather(y_now, split, batch_dims=1)
            size = tf.fill([self.tasks], POINTS)
            parts = (x_now[:, :POINTS], y_now[:, :POINTS], size, x_now[:, POINTS:], y_now[:, POINTS:])
            shape = [passes, tasks_per_step]
            return episode(*(tf.reshape(part, [*shape, *part.shape[1:]]) for part in parts))

        return numbered(make, passes, start)

    def conditions(self) -> list[Condition]:
        """Ten clean points, as in training."""
        return [{"support": POINTS, "noise": 0.0}]

    def draw(self, tasks: int, seed: int, support: int = POINTS, noise: float = 0.0) -> Tasks:
        """Tasks that no stream gives: `support` points, whose labels have `noise` of that standard deviation."""
        return draw_tasks(tasks, seed, support, noise, self.oracle)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Mean squared error of every task, `[B]`."""
        return squared_errors(answers, drawn.query_y)

    def questions(self, tasks: int, seed: int, support: int = 2, candidates: int = 8) -> Questions | None:
        """Tasks with `support` known points and some candidates; none for an oracle, which has nothing to ask."""
        return None if self.oracle else draw_questions(tasks, seed, support, candidates)
