"""Ordinary batches of labelled examples to train a classifier of all training classes on, evaluated by N-way episodes.

The baselines of few-shot learning learn so: nothing in their training is an episode.
"""

import functools
from dataclasses import dataclass
from typing import Any, ClassVar

import tensorflow as tf

from zoo.datasets.benchmark import Tasks, episode, numbered
from zoo.datasets.episodes.n_way import AHEAD, BLOCK, METRIC, NWay, error_rates
from zoo.datasets.episodes.sampling import DISTORTION, ITEMS, TRAINING_STREAM, loaded, tabulate, word
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class ClassBatches:
    """Train on batches of examples with the number of their class, be evaluated as any N-way episodes.

    A step is a task without support. Its queries are drawn at random from all training examples, rotations included, and
    distorted one by one if the episodes say so; their labels are one-hot over all training classes.

    Attributes:
        evaluated: the episodes; their source, rotations, distortions and training splits are those of training.
        examples: in a batch.
    """

    evaluated: NWay
    examples: int = 256

    metric: ClassVar[str] = METRIC
    horizon: ClassVar[int] = 1
    test_tasks: ClassVar[int] = NWay.test_tasks
    input_range: ClassVar[tuple[float, float]] = NWay.input_range

    def __post_init__(self):
        if self.examples < 1:
            raise ZooError(f"examples={self.examples}: a batch has one or more.")

    @property
    def classes(self) -> int:
        """How many classes there are in training."""
        return len(self._data().names)

    def _data(self):
        return loaded(self.evaluated.source, self.evaluated.training_splits, self.evaluated.rotations)

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless batches, `tasks_per_step` of them in a step."""
        data, augment = self._data(), self.evaluated.augment
        table, labels, classes = tabulate(data), tf.constant(data.labels, tf.int32), self.classes
        shape = [BLOCK, tasks_per_step, self.examples]

        def make(block):
            seeds = functools.partial(word, TRAINING_STREAM, seed=seed, block=block)
            rows = tf.random.stateless_uniform(shape, seeds(ITEMS), 0, len(data.x), tf.int32)
            return rows, augment.components(shape, seeds(DISTORTION)) if augment else tf.zeros([*shape, 1])

        def step(rows, components):
            x = table.images(rows)
            if augment:
                flat = augment.distort(tf.reshape(x, [-1, *data.shape]), tf.reshape(components, [-1, components.shape[-1]]))
                x = tf.ensure_shape(tf.reshape(flat, tf.shape(x)), x.shape)
            y = tf.one_hot(tf.gather(labels, rows), classes)
            return episode(x[:, :0], y[:, :0], tf.zeros([tasks_per_step], tf.int32), x, y)

        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    def conditions(self) -> list[dict[str, Any]]:
        """Those of the episodes."""
        return self.evaluated.conditions()

    def validation_condition(self) -> dict[str, Any] | None:
        """What the training curve is drawn on."""
        return self.evaluated.validation_condition()

    def draw(self, tasks: int, seed: int, **condition: Any) -> Tasks:
        """Tasks of the episodes, of classes that no training shows."""
        return self.evaluated.draw(tasks, seed, **condition)

    errors = staticmethod(error_rates)
