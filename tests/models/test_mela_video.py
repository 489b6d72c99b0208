"""MeLA on video: the support writes the network of latents, and a task leaves without what wrote it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import export
from zoo.learners.meta_learner import support_of
from zoo.models.mela_video import MeLAVideo, MeLAVideoConfig

SMALL = {"size": 15, "encoder_filters": 2, "decoder_filters": 3, "task_widths": (5,)}
NETWORKS = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "code": 3, "generator_widths": (8,)}


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return MeLAVideo(MeLAVideoConfig(**SMALL, **NETWORKS))


def test_a_learned_task_is_the_network_of_latents_and_nothing_else(learner, seen):
    shapes = {name: tuple(part.shape) for name, part in learner.adapt(*support_of(seen)).items()}
    assert shapes == {"kernel_0": (2, 6, 5), "bias_0": (2, 5), "kernel_1": (2, 5, 2), "bias_1": (2, 2)}


def test_the_support_matters_and_its_order_does_not(learner, seen, same):
    seen["support_size"][:] = 5
    want = learner.adapt(*support_of(seen))
    order = [3, 0, 4, 1, 2]
    got = learner.adapt(*support_of(seen | {key: seen[key][:, order] for key in ("support_x", "support_y")}))
    for name in want:
        same(got[name], want[name])
    other = learner.adapt(*support_of(seen | {"support_y": seen["support_y"][::-1]}))
    assert not np.allclose(other["kernel_1"], want["kernel_1"])


def test_nan_in_the_padding_reaches_no_gradient(learner, seen):
    for key in ("support_x", "support_y"):
        seen[key][1, 3:] = np.nan
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(learner(seen, training=True)) + tf.add_n(learner.losses)
    assert len(learner.losses) == 2
    gradients = tape.gradient(loss, learner.trainable_variables)
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)


def test_dynamics_do_not_train_the_encoder(learner, seen):
    weights = learner.encoder.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(learner.apply(learner.adapt(*support_of(seen)), seen["query_x"]))
    assert tape.gradient(loss, weights) == [None] * len(weights)


def test_predictions_do_not_read_the_future(learner, seen):
    want = learner(seen).numpy()
    np.testing.assert_array_equal(learner(seen | {"future": 1 - seen["future"]}), want)
    del seen["future"]
    np.testing.assert_array_equal(learner(seen), want)


def test_a_file_keeps_the_learner(learner, seen, tmp_path):
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(seen), learner(seen))


def test_a_task_model_leaves_with_the_autoencoder_and_not_with_what_wrote_its_network(learner, seen, tmp_path):
    task = learner.learn(seen["support_x"][0], seen["support_y"][0])
    assert max(export.saved_model(task, tmp_path / "task").values()) < 1e-5
    stored = (tmp_path / "task/variables/variables.data-00000-of-00001").stat().st_size
    weights = 4 * (learner.encoder.count_params() + learner.decoder.count_params())
    assert weights <= stored < weights + 2000 < 4 * learner.count_params()


def test_a_short_training_lowers_the_loss(discs):
    keras.utils.set_random_seed(0)
    learner, (episode, truth) = MeLAVideo(MeLAVideoConfig(**SMALL, **NETWORKS)), discs
    learner.compile(keras.optimizers.Adam(1e-2), "mse", run_eagerly=True)  # which costs less than tracing for so few steps
    losses = [learner.train_on_batch(episode, truth) for _ in range(16)]
    assert losses[-1] < 0.8 * losses[0]
