"""Reptile on pictures: its training step on numbers, what becomes of second moments, and what is refused."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.learners.meta_learner import support_of
from zoo.learners.rules.adam import BETA_2
from zoo.learners.towards import passed_over
from zoo.models.reptile_pictures import PictureReptile, PictureReptileConfig

SMALL = PictureReptileConfig(size=9, filters=(4, 5), training_steps=2, inner_steps=3, inner_rate=0.01)


def make(**changes):
    keras.utils.set_random_seed(1)
    return PictureReptile(dataclasses.replace(SMALL, **changes))


def episode(learner):
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    return made.episode(learner, (6, 6), queries=5, seed=0), truth


def start_of(learner, ways=1):
    return {name: value.numpy()[0] for name, value in learner.convnet.initial(1, ways).items()}


def test_a_training_step_moves_the_start_to_the_mean_of_what_tasks_lead_to():
    """Of the one column of all classes, to the mean over classes too."""
    learner = make()
    parts, truth = episode(learner)
    before, (way, _) = start_of(learner), passed_over(learner, parts, 2)
    learner.compile(keras.optimizers.SGD(0.25))
    learner.train_on_batch(parts, truth)
    for name, value in start_of(learner).items():
        mean = np.mean(way[name], axis=0)
        mean = mean.mean(axis=-1, keepdims=True) if name.endswith("_out") else mean
        np.testing.assert_allclose(value, before[name] - 0.25 * mean, rtol=1e-4, atol=1e-6, err_msg=name)


def test_second_moments_become_the_mean_of_those_after_every_task():
    learner = make()
    parts, truth = episode(learner)
    learner.training_forward(parts)
    assert (learner.moments["kernel_0"].numpy() == 1.0).all()
    _, kept = passed_over(learner, parts, 2)
    learner.objective(learner.training_forward(parts), truth)
    np.testing.assert_allclose(learner.moments["scale_1"], np.mean(kept["second_scale_1"], axis=0), rtol=1e-4)
    column = np.mean(kept["second_kernel_out"], axis=(0, 2), keepdims=True)[0]
    np.testing.assert_allclose(learner.moments["kernel_out"], column, rtol=1e-4)
    assert (kept["second_kernel_0"] >= BETA_2**2 - 1e-6).numpy().all()


def test_scales_and_offsets_are_a_tasks_own():
    learner = make()
    parts, _ = episode(learner)
    task = learner.adapt(*support_of(parts))
    for name in ("scale_0", "offset_1"):
        assert np.abs(task[name][0] - task[name][1]).max() > 1e-4


def test_classes_have_no_order():
    learner = make()
    parts, _ = episode(learner)
    turned = {**parts, "support_y": parts["support_y"][..., [2, 0, 1]]}
    np.testing.assert_allclose(learner.forward(turned), learner.forward(parts).numpy()[..., [2, 0, 1]], rtol=1e-3, atol=1e-4)


def test_one_training_step_is_refused():
    with pytest.raises(ValueError, match="training_steps=1"):
        PictureReptileConfig(training_steps=1)


def test_training_lowers_the_loss_after_adapting():
    learner = make(inner_steps=5, training_steps=2, head_rate=0.1)
    learner.compile(keras.optimizers.SGD(0.5))
    parts, truth = episode(learner)

    def loss():
        answers = learner.apply(learner.adapt(*support_of(parts)), parts["support_x"])
        return float(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(parts["support_y"], answers)))

    before = loss()
    for _ in range(60):
        learner.train_on_batch(parts, truth)
    assert loss() < 0.9 * before
