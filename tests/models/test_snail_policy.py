"""SNAIL that acts: the paper's sizes, and one step is the whole sequence at its place."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.models.snail_policy import SnailPolicy, tiny

G = np.random.default_rng(0)


def test_the_defaults_are_the_papers():
    """The network of actions reads 32, then adds 7 x 32 twice and 32; that of values half of each."""
    policy = SnailPolicy()
    assert policy.to_actions.kernel.shape == (32 + 2 * 7 * 32 + 32, 5)
    assert policy.to_value.kernel.shape == (32 + 2 * 7 * 16 + 16, 1)
    assert policy.shown.kernel.shape == (1 + 2 * 5 + 1, 32)
    # As the sheet counts it, about half a million.
    assert policy.count_params() == 615_046


@pytest.mark.parametrize("name", ["bandit", "world"])
def test_step_by_step_is_the_whole_trial(name):
    keras.utils.set_random_seed(0)
    policy = tiny()[name]
    seen = G.normal(size=[2, 6, policy.seen_width]).astype(np.float32)
    logits, value = policy.sequence(tf.constant(seen))
    memory = policy.begin(tf.constant(2))
    for at in range(6):
        memory, got, expected = policy.advance(memory, tf.constant(seen[:, at]))
        np.testing.assert_allclose(got, logits[:, at], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(expected, value[:, at], rtol=1e-5, atol=1e-4)
    assert memory["taken"].numpy().tolist() == [6, 6]


def test_beyond_its_length_it_goes_on(capsys):
    """With the last steps in sight: the stated behaviour of a trial that is longer than those of training."""
    keras.utils.set_random_seed(0)
    agent = tiny()["bandit"].agent(0)
    for _ in range(20):
        agent.act()
        assert np.isfinite(agent.probabilities).all()
        agent.observe(1.0)
