"""Reptile: its step on numbers, the expansion of its gradient on quadratics, and what is refused."""

import dataclasses
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.models.reptile import Reptile, ReptileConfig

SMALL = ReptileConfig(task_widths=(5, 4), training_steps=2, inner_steps=3, inner_rate=0.1)


def make(**changes):
    keras.utils.set_random_seed(1)
    return Reptile(dataclasses.replace(SMALL, **changes))


def episode(size=10):
    drawn = FreshSinusoids().draw(4, seed=3)
    return {**drawn.inputs, "support_size": np.full(4, size, np.int32)}, drawn.query_y


def plain_steps(learner, weights, batches):
    """Descent on the mean squared error of one batch after the other, in plain TensorFlow, for one task."""
    for x, y in batches:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            h = tf.tanh(x @ weights["kernel_0"] + weights["bias_0"])
            h = tf.tanh(h @ weights["kernel_1"] + weights["bias_1"])
            loss = tf.reduce_mean(tf.square(h @ weights["kernel_2"] + weights["bias_2"] - y))
        slope = tape.gradient(loss, weights)
        weights = {name: value - learner.config.inner_rate * slope[name] for name, value in weights.items()}
    return weights


def start_of(learner):
    names = list(learner.task_network.initial(np.zeros((1, 1, 1))))
    return {name: tf.convert_to_tensor(value) for name, value in zip(names, learner.initial.variables, strict=True)}


def test_a_training_step_moves_the_weights_to_the_mean_of_those_that_tasks_lead_to():
    learner = make()
    parts, truth = episode()
    before = start_of(learner)
    adapted = []
    for x, y in zip(parts["support_x"], parts["support_y"], strict=True):
        adapted.append(plain_steps(learner, before, [(x[0::2], y[0::2]), (x[1::2], y[1::2])]))
    learner.compile(keras.optimizers.SGD(0.25))
    learner.train_on_batch(parts, truth)
    for name, value in start_of(learner).items():
        mean = tf.reduce_mean([task[name] for task in adapted], axis=0)
        np.testing.assert_allclose(value, before[name] + 0.25 * (mean - before[name]), rtol=1e-4, atol=1e-6)


def test_padding_is_in_no_batch():
    learner = make()
    short, _ = episode(size=5)
    other = {**short, "support_x": short["support_x"].copy()}
    other["support_x"][:, 5:] = 9.0
    cut = {**short, "support_x": short["support_x"][:, :5], "support_y": short["support_y"][:, :5]}
    want = learner.training_forward(cut)
    for same in (short, other):
        for name, part in learner.training_forward(same).items():
            np.testing.assert_allclose(part, want[name], rtol=1e-5, atol=1e-7)


def test_adapt_takes_steps_on_the_whole_support():
    learner = make()
    parts, _ = episode()
    task = learner.adapt(parts["support_x"], parts["support_y"], parts["support_size"])
    batches = [(parts["support_x"][1], parts["support_y"][1])] * 3
    for name, value in plain_steps(learner, start_of(learner), batches).items():
        np.testing.assert_allclose(task[name][1], value, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("steps", [2, 3, 4])
def test_on_quadratics_its_gradient_is_that_of_the_papers_expansion(steps):
    """Section 5.1: E[g] = k AvgGrad - k (k - 1) / 2 alpha AvgGradInner + O(alpha^2), the mean over all orders of the batches."""
    rate, rows = 1e-2, 2
    learner = make(inputs=2, task_widths=(), training_steps=steps, inner_rate=rate)
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(steps, rows, 2)), generator.normal(size=(steps, rows, 1))
    orders = list(itertools.permutations(range(steps)))
    # Batch k of a task is every `steps`-th of its rows from the k-th on.
    parts = {
        "support_x": np.float32([x[list(order)].transpose(1, 0, 2).reshape(-1, 2) for order in orders]),
        "support_y": np.float32([y[list(order)].transpose(1, 0, 2).reshape(-1, 1) for order in orders]),
        "support_size": np.full(len(orders), steps * rows, np.int32),
    }
    moved = learner.training_forward(parts)
    got = np.concatenate([np.mean(moved[name], axis=0).reshape(-1) for name in ("kernel_0", "bias_0")]) / rate

    weights = np.concatenate([np.reshape(value, -1) for value in start_of(learner).values()])
    seen = np.concatenate([x, np.ones((steps, rows, 1))], axis=2)
    hessians = 2 / rows * seen.transpose(0, 2, 1) @ seen
    slopes = [h @ weights - 2 / rows * each.T @ label[:, 0] for h, each, label in zip(hessians, seen, y, strict=True)]
    inner = np.mean([hessians[i] @ slopes[j] for i in range(steps) for j in range(steps) if i != j], axis=0)
    second = (got - steps * np.mean(slopes, axis=0)) / rate
    np.testing.assert_allclose(second, -steps * (steps - 1) / 2 * inner, rtol=0.1, atol=0.05)


def test_one_training_step_is_refused():
    with pytest.raises(ValueError, match="training_steps=1"):
        ReptileConfig(training_steps=1)


def test_training_lowers_the_error_after_adapting():
    learner = make(inner_rate=0.05, inner_steps=5, training_steps=5, task_widths=(20,))
    learner.compile(keras.optimizers.SGD(0.5))
    parts, truth = episode()

    def error():
        return np.square(learner.forward(parts) - truth).mean()

    before = error()
    learner.fit(FreshSinusoids().stream(10, 1), steps_per_epoch=200, epochs=1, verbose=0, shuffle=False)
    assert error() < 0.9 * before
