"""A policy: its endpoints, what it is made for, and that it is refused elsewhere."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Bandits, FreshSinusoids, TabularMDPs
from zoo.learners.acting.policy import one_hot
from zoo.models.lstm_policy import tiny
from zoo.utils.errors import ZooError


@pytest.fixture
def policy():
    keras.utils.set_random_seed(0)
    return tiny()["bandit"]


def test_memory_goes_in_and_comes_out(policy):
    endpoints = policy.endpoints()
    reset = endpoints["reset"].traced()(np.zeros([2], np.int32))
    assert set(reset) == {"next_action", "next_hidden", "next_cell"}
    told = {
        "observation": np.zeros([2], np.int32),
        **{name: np.full([2], 0.3, np.float32) for name in ("reward", "done", "luck")},
    }
    found = endpoints["act"].traced()(*told.values(), *reset.values())
    assert set(found) == {"action", "probabilities", "value", *reset}
    np.testing.assert_allclose(tf.reduce_sum(found["probabilities"], axis=1), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(found["next_action"], one_hot(found["action"], 3))
    assert list(endpoints) == ["serving_default", "act", "reset"]


def test_keras_call_gives_the_first_probabilities(policy):
    first = {"observation": tf.zeros([2], tf.int32)}
    agent = policy.agent()
    agent.act()
    np.testing.assert_allclose(policy(first), np.tile(agent.probabilities, [2, 1]), rtol=1e-5)


def test_a_place_outside_is_zeros():
    np.testing.assert_array_equal(one_hot(tf.constant([1, 3, -1]), 3), [[0, 1, 0], [0, 0, 0], [0, 0, 0]])


def test_other_worlds_are_refused_in_one_line(policy):
    with pytest.raises(ZooError, match=r"has 1 states, 4 actions and trials of 6 steps, and .* is made for 1, 3 and up to 6"):
        policy.prepare(Bandits(4, 6), 2)
    with pytest.raises(ZooError, match="trials of 7 steps"):
        policy.for_evaluation(Bandits(3, 7))
    with pytest.raises(ZooError, match="has 10 states"):
        policy.for_evaluation(TabularMDPs())
    with pytest.raises(ZooError, match="has no worlds to act in"):
        policy.for_evaluation(FreshSinusoids())
    assert policy.check(Bandits(3, 4)).length == 4  # shorter trials are fine


def test_training_without_worlds_is_refused(policy):
    with pytest.raises(ZooError, match="call prepare"):
        policy.training_forward({})
