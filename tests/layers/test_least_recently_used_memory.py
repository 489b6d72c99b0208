"""Least recently used access: usage, writes, the erased slot and reads on numbers by hand, and what is written is found again."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import LeastRecentlyUsedMemory

G = np.random.default_rng(0)


@pytest.fixture(scope="module")
def layer():
    keras.utils.set_random_seed(0)
    made = LeastRecentlyUsedMemory(slots=5, width=3, heads=2, decay=0.9)
    made.build((None, 4))
    return made


@pytest.fixture(scope="module")
def state():
    weights = G.uniform(size=[1, 2, 5]).astype(np.float32)
    return {
        "memory": G.normal(size=[1, 5, 3]).astype(np.float32),
        "read_weights": weights / weights.sum(axis=2, keepdims=True),
        "usage": np.array([[0.7, 0.1, 0.9, 0.1, 0.05]], np.float32),
    }


HIDDEN = G.normal(size=[1, 4]).astype(np.float32)


def test_a_step_is_the_paper_s_equations(layer, state):
    read, memory, weights, usage = (each.numpy()[0] for each in layer(HIDDEN, **state))
    key = np.tanh(HIDDEN[0] @ layer.key_kernel.numpy()).reshape(2, 3)
    gate = 1.0 / (1.0 + np.exp(-HIDDEN[0] @ layer.gate_kernel.numpy()))[:, None]
    least = np.eye(5)[[4, 1]]  # the least used, then the first of two that are used alike
    write = gate * state["read_weights"][0] + (1.0 - gate) * least
    want = state["memory"][0].copy()
    want[4] = 0.0  # the least used of all is erased
    want += write.T @ key
    np.testing.assert_allclose(memory, want, rtol=1e-5, atol=1e-6)
    cosine = key @ want.T / np.linalg.norm(key, axis=1)[:, None] / np.linalg.norm(want, axis=1)
    share = np.exp(cosine) / np.exp(cosine).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weights, share, rtol=1e-4)
    np.testing.assert_allclose(read, (share @ want).ravel(), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(usage, 0.9 * state["usage"][0] + share.sum(axis=0) + write.sum(axis=0), rtol=1e-4)
    np.testing.assert_allclose(write.sum(axis=1), 1.0, rtol=1e-5)


def test_reads_are_as_sharp_as_is_said(state):
    weights = {}
    for sharpness in (1.0, 3.0):
        keras.utils.set_random_seed(0)
        layer = LeastRecentlyUsedMemory(slots=5, width=3, heads=2, sharpness=sharpness)
        layer.build((None, 4))
        weights[sharpness] = layer(HIDDEN, **state)[2].numpy()
    cubed = weights[1.0] ** 3
    np.testing.assert_allclose(weights[3.0], cubed / cubed.sum(axis=2, keepdims=True), rtol=1e-4)


def test_what_is_added_is_a_vector_of_its_own(layer, state):
    keras.utils.set_random_seed(1)
    adding = LeastRecentlyUsedMemory(slots=5, width=3, heads=2, decay=0.9, adds=True)
    adding.build((None, 4))
    kept = {weight.name: weight for weight in adding.weights}
    for weight in layer.weights:
        kept[weight.name].assign(weight)
    gate = 1.0 / (1.0 + np.exp(-HIDDEN[0] @ layer.gate_kernel.numpy()))[:, None]
    write = gate * state["read_weights"][0] + (1.0 - gate) * np.eye(5)[[4, 1]]
    want = state["memory"][0] * np.array([1, 1, 1, 1, 0])[:, None]
    want = want + write.T @ np.tanh(HIDDEN[0] @ adding.add_kernel.numpy()).reshape(2, 3)
    np.testing.assert_allclose(adding(HIDDEN, **state)[1][0], want, rtol=1e-5, atol=1e-6)


def test_what_is_read_first_was_there_before(layer, state):
    first = LeastRecentlyUsedMemory(slots=5, width=3, heads=2, decay=0.9, reads_first=True)
    first.build((None, 4))
    first.set_weights(layer.get_weights())
    read, memory, weights, _ = (each.numpy()[0] for each in first(HIDDEN, **state))
    np.testing.assert_allclose(memory, layer(HIDDEN, **state)[1][0], rtol=1e-6)
    key, before = np.tanh(HIDDEN[0] @ layer.key_kernel.numpy()).reshape(2, 3), state["memory"][0]
    cosine = key @ before.T / np.linalg.norm(key, axis=1)[:, None] / np.linalg.norm(before, axis=1)
    share = np.exp(cosine) / np.exp(cosine).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weights, share, rtol=1e-4)
    np.testing.assert_allclose(read, (share @ before).ravel(), rtol=1e-4, atol=1e-6)


def test_slots_fill_one_after_the_other_and_what_was_written_is_found_again():
    """Heads that write to the least used slots only: each key lies in a row of its own, and is the most alike to itself."""
    layer = LeastRecentlyUsedMemory(slots=6, width=4, heads=1)
    layer.build((None, 4))
    layer.key_kernel.assign(np.eye(4))
    layer.gate_kernel.assign(np.zeros([4, 1]))
    layer.gate_bias.assign([-30.0])
    rest = layer.start(1)
    keys = [*np.eye(4, dtype=np.float32)[:, None] * 2.0]
    for number, key in enumerate(keys):
        _, memory, weights, usage = layer(key, **rest)
        rest = {"memory": memory, "read_weights": weights, "usage": usage}
        np.testing.assert_allclose(memory[0, number + 1], np.tanh(key[0]), atol=1e-4)  # the first slot counts as just used
    for number, key in enumerate(keys):
        _, _, weights, _ = layer(key, **rest)
        assert int(tf.argmax(weights[0, 0])) == number + 1


def test_an_empty_memory_is_finite_and_so_are_its_gradients(layer):
    start = layer.start(3)
    assert {name: part.shape.as_list() for name, part in start.items()} == {
        "memory": [3, 5, 3],
        "read_weights": [3, 2, 5],
        "usage": [3, 5],
    }
    for memory in (start["memory"], tf.zeros_like(start["memory"])):
        with tf.GradientTape() as tape:
            read, *_ = layer(np.repeat(HIDDEN, 3, axis=0), **start | {"memory": memory})
            loss = tf.reduce_sum(tf.square(read))
        assert all(np.isfinite(each).all() for each in tape.gradient(loss, layer.trainable_variables))


def test_more_heads_than_slots_are_refused():
    with pytest.raises(ValueError, match="give 1 head or more, at most as many as slots"):
        LeastRecentlyUsedMemory(slots=2, heads=3)
