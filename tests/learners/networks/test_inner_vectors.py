"""Networks with parts for the gradient steps alone: what a step does to the learned input, and which head answers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.models.maml import MAML, MAMLConfig

CONFIG = {"task_widths": (5, 4), "activation": "tanh", "inner_steps": 1, "inner_rate": 0.1, "clip": float("inf")}


def make(**changes):
    keras.utils.set_random_seed(1)
    return MAML(MAMLConfig(**CONFIG, **changes))


@pytest.fixture(scope="module")
def tasks():
    return FreshSinusoids().draw(3, seed=3)


def first_slope(learner, x, y):
    """Derivative of the loss of one task by the sums that the first layer's units see, `[N, d_1]`, in plain TensorFlow."""
    layers = learner.initial.stack
    sums = tf.matmul(x, layers[0].kernel) + layers[0].bias
    with tf.GradientTape() as tape:
        tape.watch(sums)
        h = tf.tanh(tf.matmul(tf.tanh(sums), layers[1].kernel) + layers[1].bias)
        loss = tf.reduce_mean(tf.square(tf.matmul(h, layers[2].kernel) + layers[2].bias - y))
    return tape.gradient(loss, sums)


def test_a_step_moves_the_learned_input_by_its_weights_times_the_slope(tasks):
    """The paper's section 4.2: the step of c is W_2 times the derivative by the sums of the first layer."""
    learner = make(context=3)
    support = tasks.support_x, tasks.support_y, tasks.support_size
    state = learner.inner_loop().step(learner.inner_loop().start(*support), *support)
    for task in range(3):
        slope = tf.reduce_sum(first_slope(learner, tasks.support_x[task], tasks.support_y[task]), axis=0)  # [d_1]
        want = -0.1 * tf.linalg.matvec(tf.convert_to_tensor(learner.task_network.context_kernel), slope)
        np.testing.assert_allclose(state["context"][task], want, rtol=1e-4, atol=1e-6)
        # c starts at zero, so its weights have not moved yet.
        np.testing.assert_allclose(state["kernel_context"][task], learner.task_network.context_kernel, atol=1e-7)


def test_the_learned_input_is_a_bias_of_the_first_layer(tasks):
    """The learned task answers as the network that reads an example and the learned input side by side."""
    learner = make(context=3)
    support = tasks.support_x, tasks.support_y, tasks.support_size
    state = learner.inner_loop().step(learner.inner_loop().start(*support), *support)
    task = learner.adapt(*support)
    assert set(task) == set(make().adapt(*support))
    rows = tasks.query_x.shape[1]
    beside = tf.concat([tasks.query_x, tf.tile(state["context"][:, None], [1, rows, 1])], axis=-1)
    wide = tf.concat([state["kernel_0"], state["kernel_context"]], axis=1)
    h = tf.tanh(tf.matmul(beside, wide) + state["bias_0"][:, None])
    h = tf.tanh(tf.matmul(h, state["kernel_1"]) + state["bias_1"][:, None])
    want = tf.matmul(h, state["kernel_2"]) + state["bias_2"][:, None]
    np.testing.assert_allclose(learner.apply(task, tasks.query_x), want, rtol=1e-5, atol=1e-6)


def test_before_training_it_is_the_same_function(tasks):
    """The paper: the transformation adds no function to a network; only what a step does changes."""
    support = tasks.support_x, tasks.support_y, np.zeros(3, np.int32)
    plain, wider = make(), make(context=3)
    wider.initial.set_weights(plain.initial.get_weights())
    answers = [learner.apply(learner.adapt(*support), tasks.query_x) for learner in (plain, wider)]
    np.testing.assert_allclose(*answers, rtol=1e-6)


def test_another_head_answers_than_the_one_that_steps_move(tasks):
    learner = make(two_heads=True)
    support = tasks.support_x, tasks.support_y, tasks.support_size
    task = learner.adapt(*support)
    for name, want in zip(("kernel_2", "bias_2"), learner.answering.get_weights(), strict=True):
        np.testing.assert_array_equal(task[name], np.stack([want] * 3))
    assert not np.allclose(task["kernel_1"][0], task["kernel_1"][1])  # what the inner head asked for


def test_both_heads_are_trained(tasks):
    learner = make(two_heads=True, context=2)
    with tf.GradientTape() as tape:
        task = learner.adapt(tasks.support_x, tasks.support_y, tasks.support_size)
        loss = tf.reduce_mean(tf.square(learner.apply(task, tasks.query_x) - tasks.query_y))
    slopes = dict(zip([w.path for w in learner.trainable_weights], tape.gradient(loss, learner.trainable_weights), strict=True))
    silent = [path for path, slope in slopes.items() if slope is None or not np.any(slope)]
    assert not silent
