"""Bandits: arms are uniform, luck pays by their means, random pulls gain half, and every pull is an episode."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Bandits


@pytest.fixture(scope="module")
def drawn():
    return Bandits().draw(2_000, 1)


def test_arms_are_uniform(drawn):
    assert drawn.means.shape == (2_000, 5) and drawn.luck.shape == drawn.choice.shape == (2_000, 100)
    assert abs(drawn.means.mean() - 0.5) < 0.01 and abs(drawn.means.std() - 12**-0.5) < 0.01


def test_an_arm_pays_by_its_mean():
    worlds = Bandits(arms=3, pulls=4_000)
    trials = {name: tf.constant(part) for name, part in worlds.draw(4, 1).inputs.items()}
    arm = tf.constant([0, 1, 2, 0])
    steps = [worlds.step(trials, at, tf.zeros([4], tf.int32), arm) for at in range(4_000)]
    found = np.mean([step.reward for step in steps], axis=0)
    np.testing.assert_allclose(found, trials["means"].numpy()[range(4), arm], atol=0.04)
    assert steps[0].done.numpy().tolist() == [1.0] * 4 and steps[0].state.numpy().tolist() == [0] * 4


def test_random_pulls_gain_what_is_published_and_the_index_is_best(drawn):
    """Published for five arms and a hundred pulls: random 49.9, Gittins' index 78.3, Thompson 74.7, greedy 74.8."""
    worlds = Bandits()
    found = worlds.baselines(drawn)
    within = {name.split(",")[0]: worlds.summarise(values) for name, values in found.items()}
    for name, published in {"random": 49.9, "Gittins index": 78.3, "Thompson sampling": 74.7, "greedy": 74.8}.items():
        mean, interval = within[name]
        assert abs(mean - published) < 2 * interval, name
    assert max(within, key=lambda name: within[name][0]) == "Gittins index"


def test_the_total_is_scored(drawn):
    rewards = np.zeros([2_000, 100], np.float32)
    rewards[3, :7] = 1.0
    ((condition, values),) = Bandits().score(rewards, drawn)
    assert condition == {} and values[3] == 7.0 and values.sum() == 7.0
    assert Bandits.higher_is_better
