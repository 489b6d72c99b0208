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


@pytest.mark.parametrize("name", ["bandit", "by_state"])
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


def test_an_action_and_its_reward_are_shown_in_the_column_of_the_state_that_it_was_taken_in():
    policy = tiny()["by_state"]
    told = (tf.constant([[0.0, 1.0]]), tf.constant([0.5]), tf.constant([0.0]))  # action 1, which gained a half
    seen = policy.seen(tf.constant([2]), *told)
    place = tf.constant([[0.0, 0.0, 0.0, 1.0]])  # in state 3
    shown = policy._with_pairs(seen, place).numpy()[0]
    assert shown[: policy.seen_width].tolist() == seen.numpy()[0].tolist()
    pairs = shown[policy.seen_width :].reshape(4, 2, 2)  # state, action or reward, column of the action
    assert pairs[3].tolist() == [[0.0, 1.0], [0.0, 0.5]]
    assert not pairs[:3].any()
    memory, *_ = policy.advance({**policy.begin(tf.constant(1)), "place": place}, seen)
    assert memory["place"].numpy().tolist() == [[0.0, 0.0, 1.0, 0.0]]


def test_actions_and_values_are_read_by_the_map_of_the_state():
    keras.utils.set_random_seed(0)
    policy = tiny()["by_state"]
    nothing = (tf.zeros([4, 2]), tf.zeros([4]), tf.zeros([4]))
    seen = policy.seen(tf.constant([0, 1, 2, 3]), *nothing)
    memory, logits, value = policy.advance(policy.begin(tf.constant(4)), seen)
    hidden, actions = memory["hidden"].numpy(), policy.to_actions.kernel.numpy().reshape(4, 4, 2)  # units, states, actions
    for state in range(4):
        np.testing.assert_allclose(logits[state], hidden[state] @ actions[:, state], rtol=1e-5, atol=1e-7)
        own = hidden[state] @ policy.to_value.kernel.numpy()[:, state]
        np.testing.assert_allclose(value[state], 6**0.5 * own, rtol=1e-5)
