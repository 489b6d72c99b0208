"""What a learner of a task network's weights takes from it, and the losses that only training adds."""

from dataclasses import dataclass

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.learners.labels import Numbers
from zoo.learners.meta_learner import support_of
from zoo.learners.network_learner import NetworkLearner
from zoo.learners.networks.task_network import TaskNetwork
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class CounterConfig:
    step: float = 2.0


class Counter(TaskNetwork):
    """A time series that grows by a number, which is the learned task."""

    example, labels, past_outputs = Shape((1,)), Numbers(1), 1

    def run(self, task, x):
        return x + task["by"][:, None]

    def advance(self, task, state):
        return self.run(task, state)

    def emit(self, state):
        return state

    def auxiliary_losses(self, task, episode):
        return [tf.constant(3.0)]


class Counting(NetworkLearner):
    config_class = CounterConfig

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.task_network = Counter()
        self.built = True

    def adapt(self, support_x, support_y, support_size):
        return {"by": tf.fill([tf.shape(support_size)[0], 1], self.config.step)}

    def auxiliary_losses(self, task, episode):
        return [tf.reduce_sum(task["by"])]


@pytest.fixture(scope="module")
def learner():
    return Counting()


def test_examples_labels_and_predictions_are_the_networks(learner):
    assert (learner.example, learner.query, learner.labels) == (Shape((1,)), Shape((1,)), Numbers(1))
    assert learner.learn([0.0], [0.0]).predict([1.0, 5.0]).tolist() == [3.0, 7.0]


def test_it_rolls_out_what_the_network_says_is_a_time_series(learner):
    assert learner.past_outputs == 1
    assert "rollout" in learner.endpoints()
    assert learner.learn([0.0], [0.0]).rollout([1.0, 5.0], 3)[..., 0].tolist() == [[3.0, 5.0, 7.0], [7.0, 9.0, 11.0]]


def test_training_adds_the_losses_of_learner_and_network_and_nothing_else_does(learner):
    episode = made.episode(learner, (3, 1))
    want = learner.apply(learner.adapt(*support_of(episode)), episode["query_x"])
    np.testing.assert_array_equal(learner(episode), want)
    assert not learner.losses
    np.testing.assert_array_equal(learner(episode, training=True), want)
    assert [float(loss) for loss in learner.losses] == [4.0, 3.0]


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        NetworkLearner()
