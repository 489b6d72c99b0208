"""ANIL: steps that move the last layer only, on numbers; a small task; gradients through them; and training."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import DrawnPictures, NWay
from zoo.learners import made
from zoo.models.anil import ANIL, ANILConfig

SMALL = ANILConfig(size=12, filters=(4, 6), shrink=("stride", "padded_pool"), training_steps=2, inner_steps=2, inner_rate=0.1)


def make(**changes):
    keras.utils.set_random_seed(1)
    return ANIL(dataclasses.replace(SMALL, **changes))


def episode(learner, sizes=(6, 6)):
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    return made.episode(learner, sizes, queries=5, seed=0), truth


@pytest.mark.parametrize("size", [6, 4])
def test_steps_are_the_papers_on_the_last_layer(size):
    learner = make()
    parts, _ = episode(learner, (6, size))
    task = learner.adapt(*(parts[f"support_{name}"] for name in ("x", "y", "size")))
    features = learner.encoder(parts["support_x"][1, :size], training=False)
    y = parts["support_y"][1, :size]
    kernel, bias = tf.zeros([features.shape[1], 3]), tf.zeros([3])
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch([kernel, bias])
            loss = 3 * tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, features @ kernel + bias))  # three classes
        slopes = tape.gradient(loss, [kernel, bias])
        kernel, bias = kernel - 0.1 * slopes[0], bias - 0.1 * slopes[1]
    np.testing.assert_allclose(task["kernel_out"][1], kernel, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(task["bias_out"][1], bias, rtol=1e-3, atol=1e-6)


def test_a_task_of_five_classes_and_64_features_has_13_hundred_bytes():
    task = make(filters=(4, 64), shrink=("stride", "stride"), size=4).task_network.initial(np.zeros([1, 5, 5], np.float32))
    assert {name: value.shape.as_list() for name, value in task.items()} == {"kernel_out": [1, 64, 5], "bias_out": [1, 5]}
    assert 4 * sum(value.shape.num_elements() for value in task.values()) == 1300


def test_training_sees_what_adapt_and_apply_give_of_the_statistics_of_the_batch():
    learner = make()
    parts, _ = episode(learner)
    before = learner.training_forward(parts)
    assert np.abs(before - learner.forward(parts)).max() > 1e-3  # the averages have hardly moved
    for _ in range(200):
        learner.training_forward(parts)
    np.testing.assert_allclose(learner.forward(parts), before, rtol=0.05, atol=0.01)


def test_evaluation_embeds_once_and_answers_alike():
    benchmark = NWay(DrawnPictures(classes=12, size=12), evaluation_conditions=((3, 1),), queries=2)
    learner = make(channels=3)
    drawn = benchmark.draw(4, 1, ways=3, shots=1)
    answering, embedded = learner.for_evaluation(benchmark)
    prepared = embedded.prepared(drawn)
    for condition, how in answering.variants((0, 3)):
        got, want = (one.answers(inputs, **how) for one, inputs in ((answering, prepared.inputs), (learner, drawn.inputs)))
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5, err_msg=str(condition))


def test_the_first_order_differs_in_its_gradient_only():
    found = []
    for first_order in (False, True):
        learner = make(first_order=first_order)
        parts, truth = episode(learner)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(truth, learner.training_forward(parts)))
        found.append((loss, tape.gradient(loss, learner.trainable_variables[0])))
    assert found[0][0] == found[1][0]
    assert np.abs(found[0][1] - found[1][1]).max() > 1e-5


def test_training_takes_steps_of_its_own_number_and_refining_counts_from_the_start():
    learner = make(training_steps=1)
    parts, _ = episode(learner)
    support = [parts[f"support_{name}"] for name in ("x", "y", "size")]
    tuned = learner.graphs.fine_tuned["inner"](*support, np.array([2, 0], np.int32))
    np.testing.assert_allclose(tuned["kernel_out"][0], learner.adapt(*support)["kernel_out"][0], rtol=1e-4, atol=1e-6)
    assert not tuned["kernel_out"].numpy()[1].any()
    one = make(training_steps=2).training_forward(parts), learner.training_forward(parts)
    assert np.abs(one[0] - one[1]).max() > 1e-3


def test_classes_have_no_order_and_any_number():
    learner = make()
    parts, _ = episode(learner)
    turned = {**parts, "support_y": parts["support_y"][..., [2, 0, 1]]}
    np.testing.assert_allclose(learner.forward(turned), learner.forward(parts).numpy()[..., [2, 0, 1]], rtol=1e-4, atol=1e-6)
    assert learner.learn(np.zeros((4, 12, 12, 1), np.float32), list("abcd")).classes == ("a", "b", "c", "d")


def test_training_lowers_the_loss():
    learner = make()
    learner.compile(keras.optimizers.Adam(1e-2), learner.labels.loss)
    parts, truth = episode(learner)
    losses = [learner.train_on_batch(parts, truth) for _ in range(40)]
    assert losses[-1] < losses[0] - 0.1
