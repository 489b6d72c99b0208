"""Examples made at random, for checks that need no data set: of an installation, and of small learners in tests."""

import warnings
from typing import Any

import numpy as np

from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel
from zoo.learners.zoo_model import ZooModel

LIMITS = (-1.0, 1.0)  # of numbers, where a learner does not know the range of training's


def support(learner: MetaLearner, rows: int = 6, seed: int = 0) -> tuple[np.ndarray, Any]:
    """Examples and labels as `learn` takes them; classes come in turn, and of some examples none, where a learner allows it."""
    generator = np.random.default_rng(seed)
    x = learner.example.random(generator, (rows,), learner.input_range or LIMITS)
    return x, learner.labels.examples_of(_labels(learner, generator, rows))


def queries(learner: MetaLearner, rows: int = 4, seed: int = 1) -> np.ndarray:
    """Queries as `predict` takes them."""
    return learner.query.random(np.random.default_rng(seed), (rows,), learner.input_range or LIMITS)


def task(learner: MetaLearner, rows: int = 6, seed: int = 0) -> TaskModel:
    """A task model learned from such examples, without warnings: labels at random are of no task that a learner is made for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return learner.learn(*support(learner, rows, seed))


def answers(model: ZooModel) -> tuple[TaskModel, np.ndarray] | None:
    """A task model learned from such examples, and what it answers to such queries; None of a model that learns no tasks."""
    if not isinstance(model, MetaLearner):
        return None
    learned = task(model)
    return learned, learned.answers(queries(model))


def episode(learner: MetaLearner, sizes: tuple[int, ...] = (7, 4, 1), queries: int = 5, seed: int = 0) -> dict[str, np.ndarray]:
    """An episode batch of as many tasks as there are sizes, with rows of padding up to the largest."""
    generator = np.random.default_rng(seed)
    rows, limits = max(sizes), learner.input_range or LIMITS
    return {
        "support_x": learner.example.random(generator, (len(sizes), rows), limits),
        "support_y": np.stack([_labels(learner, generator, rows) for _ in sizes]),
        "support_size": np.array(sizes, np.int32),
        "query_x": learner.query.random(generator, (len(sizes), queries), limits),
    }


def _labels(learner: MetaLearner, generator: np.random.Generator, rows: int) -> np.ndarray:
    """Encoded labels at random; every fourth one is left out where a learner learns from examples without one."""
    labels = learner.labels.random(generator, rows)
    if getattr(learner, "uses_unlabelled", False):
        labels[3::4] = 0.0
    return labels
