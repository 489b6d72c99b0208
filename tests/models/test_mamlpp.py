"""MAML++: weights of the losses on the paper's numbers, rates that learn, and one step that is MAML's."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners import made
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig
from zoo.models.mamlpp import MAMLPlusPlus, MAMLPlusPlusConfig, step_weights

SMALL = MAMLPlusPlusConfig(size=9, filters=(4, 5), shrink="stride", finish="mean", inner_steps=3, inner_rate=0.5, multi_step=10)


def make(**changes):
    keras.utils.set_random_seed(1)
    return MAMLPlusPlus(dataclasses.replace(SMALL, **changes))


def episode(learner):
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    return made.episode(learner, (6, 6), queries=5, seed=0), truth


@pytest.mark.parametrize(
    ("progress", "want"),
    [(0.0, [0.2] * 5), (0.5, [0.1] * 4 + [0.6]), (0.99, [0.006] * 4 + [0.976]), (1.0, [0, 0, 0, 0, 1]), (7.0, [0, 0, 0, 0, 1])],
)
def test_weights_of_the_losses_move_to_the_last_step(progress, want):
    """The authors' formula for 5 steps: max(1/5 - e/(5 E), 0.03/5) of each step before the last at epoch e of E."""
    np.testing.assert_allclose(step_weights(5, tf.constant(progress)), want, atol=1e-6)


def test_untrained_with_equal_rates_it_is_maml():
    learner = make()
    keras.utils.set_random_seed(1)
    maml = PictureMAML(PictureMAMLConfig(size=9, filters=(4, 5), inner_steps=3, inner_rate=0.5))
    parts, _ = episode(learner)
    np.testing.assert_allclose(learner.forward(parts), maml.forward(parts), rtol=1e-4, atol=1e-5)


def test_convolutions_may_start_at_a_rate_of_their_own_and_from_the_weights_of_maml():
    learner = make(convolution_rate=0.1)
    want = {"kernel_0": 0.1, "kernel_1": 0.1, "kernel_out": 0.5, "bias_out": 0.5}
    assert learner.logarithms.keys() == want.keys()
    for name, rate in want.items():
        np.testing.assert_allclose(learner.logarithms[name], np.log([rate] * 3), rtol=1e-6)
    maml = PictureMAML(PictureMAMLConfig(size=9, filters=(4, 5)))
    learner.encoder.set_weights(maml.encoder.get_weights())
    np.testing.assert_array_equal(learner.convnet.start["kernel_out"], maml.convnet.start["kernel_out"])


def test_the_objective_weighs_the_losses_after_every_step():
    learner = make()
    parts, truth = episode(learner)
    outputs = learner.training_forward(parts)
    assert outputs.shape == (3, 2, 5, 3)
    losses = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(tf.zeros_like(outputs) + truth, outputs), axis=[1, 2]).numpy()
    np.testing.assert_allclose(learner.objective(outputs, truth), losses.mean(), rtol=1e-5)
    assert learner.trained == 1
    np.testing.assert_allclose(learner.objective(outputs, truth), 0.3 * losses[:2].sum() + 0.4 * losses[2], rtol=1e-5)
    learner.trained.assign(10)
    np.testing.assert_allclose(learner.objective(outputs, truth), losses[2], rtol=1e-5)


def test_without_losses_of_every_step_the_last_one_counts():
    learner = make(multi_step=0)
    parts, truth = episode(learner)
    outputs = learner.training_forward(parts)
    np.testing.assert_allclose(outputs[0], learner.forward(parts), rtol=1e-5, atol=1e-6)
    losses = tf.nn.softmax_cross_entropy_with_logits(truth, outputs[0])
    np.testing.assert_allclose(learner.objective(outputs, truth), tf.reduce_mean(losses), rtol=1e-5)


def test_training_lowers_the_loss_and_moves_the_rates_of_every_step():
    learner = make(inner_rate=0.15)
    learner.compile(keras.optimizers.Adam(1e-2))
    parts, truth = episode(learner)
    losses = [learner.train_on_batch(parts, truth) for _ in range(20)]
    assert losses[-1] < losses[0] - 0.1
    for name, logarithm in learner.logarithms.items():
        moved = np.abs(logarithm.numpy() - np.log(0.15))
        assert (moved[1:] > 1e-4).all(), name
