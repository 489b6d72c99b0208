"""Accelerated gradient steps on linear classifiers of many tasks at once, against a solver that moves the weights."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.fine_tuning import fine_tuned
from zoo.learners.heads.linear_refiner import LinearRefiner

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=[2, 9, 20]).astype(np.float32)
X /= np.linalg.norm(X, axis=2, keepdims=True)
LABEL = np.array([[0, 1, 2, 0, 1, 2, 0, 0, 1], [2, 1, 0, 1, 2, 0, 0, 1, 2]])
Y = np.eye(3, dtype=np.float32)[LABEL]
SIZE = np.array([9, 6], np.int32)  # the second task has three rows of padding


def learned(steps, **options):
    refiner = LinearRefiner(tf.identity, tf.identity, **options)
    return {name: value.numpy() for name, value in fine_tuned(refiner, X, Y, SIZE, np.array([steps, steps], np.int32)).items()}


def gradient(x, y, kernel, bias, penalty):
    """Of the sum of the losses, by the weights with the bias as last row."""
    rows = np.concatenate([x, np.ones([len(x), 1])], axis=1).astype(np.float64)
    weights = np.concatenate([kernel, bias[None]], axis=0)
    odds = np.exp(rows @ weights)
    return rows.T @ (odds / odds.sum(axis=1, keepdims=True) - y) + penalty * weights


def test_logistic_regression_reaches_the_minimum():
    task = learned(100, penalty=1.0)
    for number, size in enumerate(SIZE):
        slope = gradient(X[number, :size], Y[number, :size], task["kernel"][number], task["bias"][number], 1.0)
        assert np.abs(slope).max() < 1e-4


def test_steps_are_those_of_a_solver_that_moves_the_weights():
    rate, momentum, size = 0.5, 0.9, 6
    now = before = np.zeros([21, 3])
    for _ in range(7):
        ahead = now + momentum * (now - before)
        now, before = ahead - rate * gradient(X[1, :size], Y[1, :size], ahead[:-1], ahead[-1], 0.0) / size, now
    task = learned(7, learning_rate=rate)
    np.testing.assert_allclose(task["kernel"][1], now[:-1], atol=1e-5)
    np.testing.assert_allclose(task["bias"][1], now[-1], atol=1e-5)


def test_no_step_leaves_no_weights():
    task = learned(0)
    assert not task["kernel"].any()
    assert not task["bias"].any()


def test_without_a_penalty_the_loss_still_falls():
    def loss(task):
        logits = X[0] @ task["kernel"][0] + task["bias"][0]
        return float(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(Y[0], logits)))

    losses = [loss(learned(steps)) for steps in (0, 10, 100)]
    assert losses[0] == pytest.approx(np.log(3), rel=1e-6)
    assert losses[0] > losses[1] > losses[2]
    assert losses[2] < 0.1
