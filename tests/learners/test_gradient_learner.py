"""An inner step is a step of the rule along the gradient of each task's loss, TensorFlow's own, for labels of every kind."""

from dataclasses import dataclass

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.labels import Classes, Numbers
from zoo.learners.meta_learner import support_of
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.rules.adam import Adam
from zoo.learners.rules.descent import Descent
from zoo.learners.shape import Shape

START = np.random.default_rng(0).normal(size=[2, 3]).astype(np.float32)
SIZES = (5, 3, 1)


@dataclass(frozen=True)
class LinearConfig:
    kind: str = "numbers"
    rule: str = "descent"
    inner_steps: int = 3


class Linear(TaskNetwork):
    """One matrix; its statistics of the support are the mean of its real rows."""

    example = Shape((2,))

    def __init__(self, labels):
        self._labels = labels

    @property
    def labels(self):
        return self._labels

    def initial(self, support_y):
        return {"kernel": tf.tile(START[None], [tf.shape(support_y)[0], 1, 1])}

    def run(self, task, x):
        return tf.matmul(x, task["kernel"])

    def settled(self, weights, x, size):
        return weights | {"mean": tf.reduce_sum(x, axis=1) / tf.cast(size, tf.float32)[:, None]}


class Descending(GradientLearner):
    config_class = LinearConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.task_network = Linear(Numbers(3) if self.config.kind == "numbers" else Classes(3))
        self.rule = Descent(0.1) if self.config.rule == "descent" else Adam(0.1)
        self.built = True


def stepped(learner, x, y, steps):
    """The same for one task by TensorFlow's gradient of the loss of Keras."""
    weights, state = {"kernel": tf.constant(START[None])}, learner.rule.start({"kernel": tf.constant(START[None])})
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = learner.labels.loss(y, (x @ weights["kernel"])[0])
        weights, state = learner.rule.step(tape.gradient(loss, weights), state, weights)
    return weights["kernel"][0]


@pytest.mark.parametrize("rule", ["descent", "adam"])
@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_adapt_takes_steps_along_the_gradient_of_the_loss_of_real_rows(kind, rule):
    learner = Descending(LinearConfig(kind, rule))
    episode = made.episode(learner, SIZES)
    for task, size in enumerate(SIZES):
        episode["support_x"][task, size:] = episode["support_y"][task, size:] = np.nan
    learned = learner.adapt(*support_of(episode))
    for task, size in enumerate(SIZES):
        x, y = episode["support_x"][task, :size], episode["support_y"][task, :size]
        np.testing.assert_allclose(learned["kernel"][task], stepped(learner, x, y, 3), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(learned["mean"][task], x.mean(axis=0), rtol=1e-5, atol=1e-6)


def test_gradient_steps_of_a_user_are_counted_from_the_start():
    learner = Descending()
    (x, y), counted = made.support(learner), {}
    assert learner.adapt_steps == 3
    assert list(learner.refiners()) == ["inner"]
    for steps in (0, 1, 3):
        counted[steps] = learner.learn(x, y, gradient_steps=steps).learned["kernel"][0]
        np.testing.assert_allclose(counted[steps], stepped(learner, x, y, steps), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(counted[0], START)
    np.testing.assert_allclose(learner.learn(x, y).learned["kernel"][0], counted[3], rtol=1e-5, atol=1e-6)


def test_evaluation_skips_the_steps_that_adapt_takes_already():
    conditions = [condition for condition, _ in Descending().variants((0, 3, 5))]
    assert conditions == [{"steps": 3}, {"steps": 0, "on": "inner"}, {"steps": 5, "on": "inner"}]
