"""Prototypes that know the spread of their examples, and gradient steps on them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.prototypes import PrototypeLogits
from zoo.learners.fine_tuning import fine_tuned
from zoo.learners.heads.pair_losses import pair_loss
from zoo.learners.heads.prototypes import RATE, Prototypes
from zoo.learners.ways import pad_ways

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=[1, 6, 4]).astype(np.float32)
LABEL = np.array([0, 1, 2, 0, 1, 1])
Y = np.eye(3, dtype=np.float32)[LABEL][None]
SIZE = np.array([6], np.int32)
HEAD = Prototypes(PrototypeLogits())


def test_the_spread_is_the_sum_of_squared_distances_to_the_prototype():
    task = HEAD.adapt(X, Y, SIZE)
    rows = [X[0, way == LABEL] for way in range(3)]
    want = [np.square(each - each.mean(axis=0)).sum() for each in rows]
    np.testing.assert_allclose(task["spread"][0], want, rtol=1e-4, atol=1e-5)
    assert HEAD.task_axes()["spread"] == ("tasks", "ways")


def test_leaving_one_out_says_spread_examples_and_shots():
    task = HEAD.adapt(X, Y, SIZE)
    spread, examples, share = HEAD.leave_one_out(task)
    np.testing.assert_allclose(spread, tf.reduce_sum(task["spread"], axis=1))
    assert examples.numpy().tolist() == [3]
    assert float(share[0]) == pytest.approx((1 / 2 + 1 / 3 + 1) / 3)
    wider = pad_ways({name: value.numpy() for name, value in task.items()}, HEAD.task_axes(), 5)
    for one, other in zip(HEAD.leave_one_out(wider), (spread, examples, share), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_two_sets_together_have_the_spread_of_all_examples():
    parts = [HEAD.adapt(X[:, rows], Y[:, rows], np.array([3], np.int32)) for rows in (slice(0, 3), slice(3, 6))]
    for name, value in HEAD.adapt(X, Y, SIZE).items():
        np.testing.assert_allclose(HEAD.merge(*parts)[name], value, rtol=1e-4, atol=1e-5)


def stepped(steps, y=Y):
    (refiner,) = HEAD.refiners(HEAD.adapt, tf.identity).values()
    return fine_tuned(refiner, X, y, SIZE, np.array([steps], np.int32))


def test_the_first_gradient_step_goes_against_the_gradient():
    """Adam's first step is the learning rate times the sign of the gradient, here TensorFlow's own."""
    start = HEAD.adapt(X, Y, SIZE)["prototype"]
    with tf.GradientTape() as tape:
        tape.watch(start)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(Y, HEAD.scores(X, start), from_logits=True))
    slope = tape.gradient(loss, start).numpy()
    moved = (stepped(1)["prototype"] - start).numpy()
    clear = np.abs(slope) > 1e-4
    assert clear.sum() > 8
    np.testing.assert_allclose(moved[clear], -RATE * np.sign(slope)[clear], rtol=1e-2)


def test_steps_move_prototypes_only_lower_the_loss_and_skip_rows_without_a_label():
    y = Y[:, [1, 0, 2, 2, 0, 1]]  # says otherwise than the embeddings do

    def loss(task):
        return float(tf.reduce_mean(keras.losses.categorical_crossentropy(y, HEAD.logits(task, X), from_logits=True)))

    start = HEAD.adapt(X, y, SIZE)
    assert loss(start) == pytest.approx(loss(stepped(0, y)), rel=1e-5)
    assert loss(start) > loss(stepped(20, y)) > loss(stepped(100, y))
    assert set(stepped(1, y)) == {"prototype", "count", "spread"}
    for name in ("count", "spread"):
        np.testing.assert_allclose(stepped(20, y)[name], start[name], rtol=1e-6)
    y[:, 5] = 0.0
    (refiner,) = HEAD.refiners(HEAD.adapt, tf.identity).values()
    want = fine_tuned(refiner, X[:, :5], y[:, :5], np.array([5], np.int32), np.array([3], np.int32))
    np.testing.assert_allclose(stepped(3, y)["prototype"], want["prototype"], rtol=1e-4, atol=1e-5)


def test_only_squared_distances_take_steps():
    assert list(HEAD.refiners(HEAD.adapt, tf.identity)) == ["prototypes"]
    assert Prototypes(PrototypeLogits("cosine")).refiners(HEAD.adapt, tf.identity) == {}


def test_training_adds_the_loss_of_pairs_by_its_weight():
    (loss,) = Prototypes(PrototypeLogits(), pairs=0.5).auxiliary_losses(X, Y, SIZE)
    assert float(loss) == pytest.approx(0.5 * float(pair_loss(HEAD.scores(X, X), Y, SIZE)), rel=1e-6)
    assert HEAD.auxiliary_losses(X, Y, SIZE) == []
