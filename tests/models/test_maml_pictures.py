"""MAML on pictures: the paper's inner loop on numbers, its orders of gradients, and what is refused."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig
from zoo.utils.errors import ZooError

SMALL = PictureMAMLConfig(size=9, filters=(4, 5), inner_steps=2, training_steps=1, inner_rate=0.1)


def make(**changes):
    keras.utils.set_random_seed(1)
    return PictureMAML(dataclasses.replace(SMALL, **changes))


def episode(learner, sizes=(6, 4)):
    return made.episode(learner, sizes, queries=5, seed=0)


def test_a_step_is_the_papers_on_the_cross_entropy_summed_over_classes():
    learner = make(inner_steps=1)
    parts = episode(learner)
    task = learner.adapt(*(parts[f"support_{name}"] for name in ("x", "y", "size")))
    for one, size in enumerate((6, 4)):
        x, y = (tf.constant(parts[f"support_{name}"][one : one + 1, :size]) for name in ("x", "y"))
        start = learner.task_network.initial(y)
        with tf.GradientTape() as tape:
            tape.watch(start)
            logits = learner.convnet.with_moments(x, start, tf.constant([size]))[0]
            loss = 3 * tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, logits))  # three classes
        for name, slope in tape.gradient(loss, start).items():
            np.testing.assert_allclose(task[name][one], (start[name] - 0.1 * slope)[0], rtol=1e-3, atol=1e-5, err_msg=name)


def meta_gradient(learner):
    parts = episode(learner, (6, 6))
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(truth, learner.training_forward(parts)))
    return loss, tape.gradient(loss, learner.trainable_variables)


def test_the_meta_gradient_is_that_of_finite_differences():
    learner = make()
    _, gradients = meta_gradient(learner)
    kernel, gradient = learner.trainable_variables[0], gradients[0]
    direction = tf.math.l2_normalize(gradient)
    losses = []
    for sign in (1, -1):
        kernel.assign_add(sign * 1e-2 * direction)
        losses.append(meta_gradient(learner)[0])
        kernel.assign_sub(sign * 1e-2 * direction)
    slope = (losses[0] - losses[1]) / 2e-2
    np.testing.assert_allclose(slope, tf.reduce_sum(gradient * direction), rtol=2e-2)


def test_the_first_order_differs_in_its_gradient_only():
    (loss, second), (same, first) = meta_gradient(make()), meta_gradient(make(first_order=True))
    assert loss == same
    assert np.abs(second[0] - first[0]).max() > 1e-4


def test_training_takes_steps_of_its_own_number():
    learner = make()
    parts = episode(learner)
    task = learner.training_adapt(*(parts[f"support_{name}"] for name in ("x", "y", "size")))
    np.testing.assert_array_equal(learner.training_forward(parts), learner.apply(task, parts["query_x"]))
    assert learner.training_steps == 1 and learner.adapt_steps == 2


def test_classes_have_no_order():
    learner = make()
    parts = episode(learner)
    turned = {**parts, "support_y": parts["support_y"][..., [2, 0, 1]]}
    np.testing.assert_allclose(learner.forward(turned), learner.forward(parts).numpy()[..., [2, 0, 1]], rtol=1e-4, atol=1e-5)


def test_more_classes_than_a_fixed_layer_has_are_refused():
    x, y = np.zeros((4, 9, 9, 1), np.float32), list("abcd")
    with pytest.raises(ZooError, match="3"):
        make(ways=3).learn(x, y)
    assert make().learn(x, y).classes == ("a", "b", "c", "d")


def test_training_lowers_the_loss():
    learner = make()
    learner.compile(keras.optimizers.Adam(1e-2), learner.labels.loss)
    parts = episode(learner, (6, 6))
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    losses = [learner.train_on_batch(parts, truth) for _ in range(40)]
    assert losses[-1] < losses[0] - 0.1
