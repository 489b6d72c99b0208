"""Ordinary batches of labelled examples to train a classifier of all training classes on, evaluated by N-way episodes.

The baselines of few-shot learning are trained so, without episodes.
"""

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Embed, Tasks, episode, numbered
from zoo.datasets.episodes.error_rates import METRIC, error_rates
from zoo.datasets.episodes.n_way import AHEAD, BLOCK, NWay
from zoo.datasets.episodes.sampling import DISTORTION, ITEMS, TRAINING_STREAM, derived_seed, loaded, tabulate
from zoo.datasets.labelled import Labelled
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class ClassBatches(Benchmark):
    """Training on batches of examples with the number of their class, evaluation on N-way episodes.

    A step is a task without support. Its queries are drawn at random from all training examples, rotations included, and
    distorted one by one if the episodes say so; their labels are one-hot over all training classes.

    Attributes:
        evaluation: the episodes; their source, rotations, distortions and training splits are those of training.
        examples: in a batch.
    """

    evaluation: NWay
    examples: int = 256

    metric = METRIC
    test_tasks = NWay.test_tasks
    input_range = NWay.input_range

    def __post_init__(self) -> None:
        if self.examples < 1:
            raise ZooError(f"examples={self.examples}: a batch has one or more.")

    @property
    def training_classes(self) -> int:
        """Number of training classes, rotations included."""
        return len(self._data().names)

    def _data(self) -> Labelled:
        return loaded(self.evaluation.source, self.evaluation.training_splits, self.evaluation.rotations)

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless batches, `tasks_per_step` of them in a step."""
        data, augment = self._data(), self.evaluation.augment
        table, labels, classes = tabulate(data), tf.constant(data.labels, tf.int32), self.training_classes
        shape = [BLOCK, tasks_per_step, self.examples]

        def make(block: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            seeds = functools.partial(derived_seed, TRAINING_STREAM, seed=seed, block=block)
            rows = tf.random.stateless_uniform(shape, seeds(ITEMS), 0, len(data.x), tf.int32)
            return rows, augment.components(shape, seeds(DISTORTION)) if augment else tf.zeros([*shape, 1])

        def step(rows: tf.Tensor, components: tf.Tensor) -> tuple[Any, ...]:
            x = table.images(rows)
            if augment:
                flat = augment.distort(tf.reshape(x, [-1, *data.shape]), tf.reshape(components, [-1, components.shape[-1]]))
                x = tf.ensure_shape(tf.reshape(flat, tf.shape(x)), x.shape)
            y = tf.one_hot(tf.gather(labels, rows), classes)
            return episode(x[:, :0], y[:, :0], tf.zeros([tasks_per_step], tf.int32), x, y)

        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    def conditions(self) -> list[Condition]:
        """Those of the episodes."""
        return self.evaluation.conditions()

    def validation_condition(self) -> Condition | None:
        """That of the episodes."""
        return self.evaluation.validation_condition()

    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> Tasks:
        """Tasks of the episodes, of classes that training never shows."""
        return self.evaluation.draw(tasks, seed, *args, **condition)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every task, `[B]`."""
        return error_rates(answers, drawn.query_y)

    def calibration_tasks(self) -> list[Tasks]:
        """Those of the episodes."""
        return self.evaluation.calibration_tasks()

    def embedded(self, embed: Embed) -> "ClassBatches":
        """The same episodes of embeddings."""
        return dataclasses.replace(self, evaluation=self.evaluation.embedded(embed))
