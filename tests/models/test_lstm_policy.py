"""RL^2: the size of the LSTM, its first step by hand, and one step is the whole sequence at its place."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.models.lstm_policy import LSTMPolicy, LSTMPolicyConfig, tiny

G = np.random.default_rng(0)


def test_the_parameters_are_those_of_an_lstm_and_two_maps():
    policy = LSTMPolicy(LSTMPolicyConfig(states=10))
    inputs = 10 + 2 * 5 + 1
    assert policy.count_params() == 4 * 256 * (inputs + 256 + 1) + 256 * 5 + 5 + 257


def test_the_first_step_by_hand():
    keras.utils.set_random_seed(0)
    policy = tiny()["bandit"]
    seen = G.normal(size=[1, policy.seen_width]).astype(np.float32)
    memory, logits, value = policy.advance(policy.begin(tf.constant(1)), tf.constant(seen))
    gates = seen @ policy.shown.kernel.numpy() + policy.shown.bias.numpy()
    enter, _, candidate, leave = np.split(gates, 4, axis=1)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    cell = sigmoid(enter) * np.tanh(candidate)
    hidden = sigmoid(leave) * np.tanh(cell)
    np.testing.assert_allclose(memory["hidden"], hidden, rtol=1e-5)
    np.testing.assert_allclose(logits, hidden @ policy.to_actions.kernel.numpy(), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(value, 6**0.5 * (hidden @ policy.to_value.kernel.numpy())[:, 0], rtol=1e-5)


def test_units_begin_with_memories_of_one_step_to_a_whole_trial():
    """A unit that keeps t / (1 + t) of its cell at every step, and enters 1 / (1 + t), remembers t steps."""
    units, length = 5, 9
    policy = LSTMPolicy(LSTMPolicyConfig(length=length, units=units, chrono=True))
    enter, keep, candidate, leave = np.split(1 / (1 + np.exp(-policy.shown.bias.numpy())), 4)
    steps = np.linspace(1, length - 1, units)
    np.testing.assert_allclose(keep, steps / (1 + steps), rtol=1e-6)
    np.testing.assert_allclose(enter, 1 / (1 + steps), rtol=1e-6)
    np.testing.assert_allclose([candidate, leave], 0.5)
    plain = LSTMPolicy(LSTMPolicyConfig(length=length, units=units)).shown.bias.numpy()
    assert plain.tolist() == [0.0] * units + [1.0] * units + [0.0] * 2 * units


@pytest.mark.parametrize("name", ["bandit", "world"])
def test_step_by_step_is_the_whole_trial(name):
    keras.utils.set_random_seed(0)
    policy = tiny()[name]
    seen = G.normal(size=[2, 6, policy.seen_width]).astype(np.float32)
    logits, value = policy.sequence(tf.constant(seen))
    memory = policy.begin(tf.constant(2))
    for at in range(6):
        memory, got, expected = policy.advance(memory, tf.constant(seen[:, at]))
        np.testing.assert_allclose(got, logits[:, at], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(expected, value[:, at], rtol=1e-5, atol=1e-5)
