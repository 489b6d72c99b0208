"""Synthetic tables as a benchmark: tasks of any number of rows, columns and classes, drawn from random causal models.

After N. Hollmann et al., "TabPFN: a transformer that solves small tabular classification problems in a second", 2023. No table
that anybody made is in it, so that weights learned from it are free of anybody's rights.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks, episode
from zoo.datasets.tables.causes import draw_causes, draw_nodes, standard
from zoo.datasets.tables.measured import measure
from zoo.datasets.tables.targets import SHARES_OF_NUMBERS, draw_classes, draw_numbers, draw_scores

WAYS = 10  # most classes
QUERIES = 40
FEWEST_ROWS, FEWEST_COLUMNS = 8, 2
TEST_COLUMNS = 16
TRAINING, TEST = 1, 2  # streams that share no seed


@dataclass(frozen=True)
class SyntheticTables(Benchmark):
    """Benchmark of tables that are drawn anew for each task.

    Attributes:
        regression: whether a number is to be predicted rather than a class.
        shapes: the most rows and columns of a step's tasks; steps take them in turn at random, with as many tasks as fit into the
            cells of `tasks_per_step` tasks of the first shape.
    """

    regression: bool = False
    shapes: tuple[tuple[int, int], ...] = ((20, 16), (50, 12), (120, 8), (200, 6))

    test_tasks = 2_000

    @property
    def metric(self) -> str:  # type: ignore[override]
        """What a card shows."""
        return "squared error in deviations" if self.regression else "log loss"

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training tasks; step k is a function of seed and k alone."""
        cells = tasks_per_step * self.shapes[0][0] * self.shapes[0][1]

        def make(step: np.ndarray) -> tuple[np.ndarray, ...]:
            g = np.random.default_rng([TRAINING, seed, int(step)])
            rows, columns = self.shapes[g.integers(len(self.shapes))]
            drawn = self._drawn(g, max(4, cells // (rows * columns)), rows, columns)
            return drawn.support_x, drawn.support_y, drawn.support_size, drawn.query_x, drawn.query_y

        label = 1 if self.regression else WAYS
        shapes = ([None, None, None], [None, None, label], [None], [None, None, None], [None, None, label])
        types = (tf.float32, tf.float32, tf.int32, tf.float32, tf.float32)

        def named(step: tf.Tensor) -> tuple[Any, ...]:
            parts = tf.numpy_function(make, [step], types, stateful=False)
            return episode(*(tf.ensure_shape(part, shape) for part, shape in zip(parts, shapes, strict=True)))

        steps = tf.data.Dataset.counter(start).map(named, num_parallel_calls=2, deterministic=True)
        options = tf.data.Options()
        options.autotune.enabled = False
        return steps.prefetch(8).with_options(options)

    def conditions(self) -> list[Condition]:
        """Fifty rows first."""
        return [{"rows": rows} for rows in (50, 10, 20, 100, 200)]

    def draw(self, tasks: int, seed: int, rows: int = 50) -> Tasks:
        """Tasks of so many rows and up to `TEST_COLUMNS` columns, that no stream gives."""
        parts = []
        for number in range(0, tasks, 50):
            g = np.random.default_rng([TEST, seed, number, rows])
            parts.append(self._drawn(g, min(50, tasks - number), rows, TEST_COLUMNS, exact=True))
        return Tasks(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Of every task `[B]`: log loss, and the error rate; or the squared error over the variance of the support's labels."""
        if self.regression:
            real = np.arange(drawn.support_y.shape[1]) < drawn.support_size[:, None]
            spread = np.array([y[rows].std() for y, rows in zip(drawn.support_y[..., 0], real, strict=True)]) + 1e-6
            apart = np.clip((answers - drawn.query_y)[..., 0] / spread[:, None], -10.0, 10.0)
            return [({}, np.square(apart).mean(axis=1, dtype=np.float64))]
        known = drawn.query_y.sum(axis=2)
        count = np.maximum(known.sum(axis=1), 1.0)
        top = answers.max(axis=2, keepdims=True)
        odds = answers - top - np.log(np.exp(answers - top).sum(axis=2, keepdims=True))
        loss = -np.maximum((odds * drawn.query_y).sum(axis=2), np.log(1e-6) * known)
        wrong = (answers.argmax(axis=2) != drawn.query_y.argmax(axis=2)) * known
        by_task = {"log loss": loss, "error rate": wrong}
        return [({"measure": name}, part.sum(axis=1, dtype=np.float64) / count) for name, part in by_task.items()]

    def _drawn(self, g: np.random.Generator, tasks: int, rows: int, columns: int, exact: bool = False) -> Tasks:
        """Tasks of up to so many rows, or exactly, and columns. Queries of a class that no row has are unlabelled."""
        whole = rows + QUERIES
        used = np.clip(np.round(columns * g.uniform(0.12, 1.0, tasks)), FEWEST_COLUMNS, columns).astype(int)
        size = np.clip(np.round(rows * g.uniform(0.4, 1.0, tasks)), FEWEST_ROWS, rows).astype(np.int32)
        if exact:
            size[:] = rows
        causes = draw_causes(g, tasks, whole)
        nodes = draw_nodes(g, causes)
        every = np.concatenate([(causes - causes.mean(1, keepdims=True)) / (causes.std(1, keepdims=True) + 1e-4), nodes], axis=2)
        causes_only = (g.random((tasks, 1)) < 0.35) & (np.arange(every.shape[2]) >= causes.shape[2])
        order = (g.random((tasks, every.shape[2])) + 10.0 * causes_only).argsort(axis=1)[:, None, :columns]
        x = np.take_along_axis(every, order, axis=2)
        shown = np.arange(columns) < used[:, None]
        relevant = shown & (g.random((tasks, columns)) < g.uniform(0.25, 1.0, (tasks, 1)))
        relevant[:, 0] = True
        if self.regression:
            table = measure(g, x, shown)
            # Half of the numbers hang on the columns as they were measured, as prices and sums do.
            x = np.where(g.random((tasks, 1, 1)) < 0.5, standard(np.where(np.isnan(table), 0.0, table)), x).astype(np.float32)
            scores = draw_scores(g, x, nodes, relevant, 1, SHARES_OF_NUMBERS)
            y = draw_numbers(g, scores)[..., None]
        else:
            scores = draw_scores(g, x, nodes, relevant, WAYS)
            table = measure(g, x, shown)
            ways = np.where(g.random(tasks) < 0.55, 2, g.integers(2, WAYS + 1, tasks))
            y = np.eye(WAYS, dtype=np.float32)[draw_classes(g, scores, ways)]
            real = np.arange(rows) < size[:, None]
            seen = (y[:, :rows] * real[..., None]).sum(axis=1) > 0
            y[:, rows:] *= seen[:, None]
        return Tasks(table[:, :rows], y[:, :rows], size, table[:, rows:], y[:, rows:])
