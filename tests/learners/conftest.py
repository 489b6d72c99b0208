"""A learner with a head of four classes, and a task of two, for tests of what a task model says and exports."""

from dataclasses import dataclass

import pytest
import tensorflow as tf

from zoo.learners.labels import Classes
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class FixedConfig:
    ways: int = 4


class Fixed(MetaLearner):
    """A head of four classes: a class scores the sum of its examples times the query."""

    config_class = FixedConfig
    example = Shape((2,))
    labels = Classes(4)

    def adapt(self, support_x, support_y, support_size):
        return {"kernel": tf.matmul(support_x, support_y, transpose_a=True)}

    def apply(self, task, query_x):
        return tf.matmul(query_x, task["kernel"])


@pytest.fixture(scope="session")
def fixed():
    """The class of the learner."""
    return Fixed


@pytest.fixture(scope="session")
def names():
    """A task of two names, of a learner with room for four."""
    return Fixed(name="fixed").learn([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]], ["oak", "elm", "elm"])
