"""Folds: a step for each place, in both forms alike, and with the same gradients."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.folds import folded, unfolded

G = np.random.default_rng(0)
ROWS = G.normal(size=[2, 4, 3]).astype(np.float32)


def test_a_fold_takes_as_many_steps_as_there_are():
    start = {"sum": tf.zeros([1]), "last": tf.zeros([1])}
    rows = tf.zeros([1, 4])
    after = folded(lambda at, state: {"sum": state["sum"] + tf.cast(at, tf.float32), "last": state["sum"]}, start, rows)
    assert {name: part.numpy().tolist() for name, part in after.items()} == {"sum": [6.0], "last": [3.0]}


def step(state, row, weight):
    total = tf.tanh(state["total"] * weight + row)
    return {"total": total}, 2.0 * total


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "XLA"])
def test_an_unfolding_gives_what_every_step_gives_and_its_gradients(compiled):
    weight = tf.Variable([0.5, -1.0, 2.0])

    def by_hand():
        state, given = {"total": tf.zeros([2, 3])}, []
        for at in range(4):
            state, each = step(state, tf.constant(ROWS[:, at]), weight)
            given.append(each)
        return tf.stack(given, axis=1)

    def unrolled():
        return unfolded(lambda state, row: step(state, row, weight), {"total": tf.zeros([2, 3])}, tf.constant(ROWS))

    def with_gradient(function):
        with tf.GradientTape() as tape:
            given = function()
            loss = tf.reduce_sum(given**2)
        return given, tape.gradient(loss, weight)

    want = with_gradient(by_hand)
    for got, wanted in zip(tf.function(with_gradient, jit_compile=compiled)(unrolled), want, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_a_length_that_is_not_known_beforehand_will_do():
    unrolled = tf.function(
        lambda rows: unfolded(lambda state, row: step(state, row, 1.0), {"total": tf.zeros([2, 3])}, rows),
        input_signature=[tf.TensorSpec([2, None, 3])],
    )
    assert unrolled(ROWS).shape == (2, 4, 3)
    np.testing.assert_allclose(unrolled(ROWS[:, :2]), unrolled(ROWS)[:, :2], rtol=1e-6)
