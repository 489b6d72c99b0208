"""The video learner without adaptation: one network of latents, whatever the support."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.meta_learner import support_of
from zoo.learners.networks.latent_video import LatentVideoConfig
from zoo.models.no_adaptation_video import NoAdaptationVideo

SMALL = {"size": 15, "encoder_filters": 2, "decoder_filters": 3, "task_widths": (5,)}


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return NoAdaptationVideo(LatentVideoConfig(**SMALL))


def test_every_task_is_the_shared_network_of_latents(learner, seen):
    want = learner.task_network.initial(np.zeros((1, 1, 1)))
    for other in (seen, seen | {"support_y": seen["support_y"][::-1]}):
        for name, part in learner.adapt(*support_of(other)).items():
            np.testing.assert_array_equal(part, np.repeat(want[name], 2, axis=0))


def test_a_rollout_feeds_latents_back(learner, seen):
    task, network = learner.adapt(*support_of(seen)), learner.task_network
    state = network.begin(seen["query_x"])
    path = learner.rollout(task, seen["query_x"], tf.constant([3, 3]))
    assert path.shape == (2, 5, 3, 225)
    for moment in range(3):
        state = network.advance(task, state)
        np.testing.assert_allclose(path[:, :, moment], network.emit(state), rtol=1e-5, atol=1e-6)


def test_predictions_read_neither_the_support_nor_the_future(learner, seen):
    want = learner(seen).numpy()
    np.testing.assert_array_equal(learner(seen | {"future": 1 - seen["future"]}), want)
    seen["support_x"][:], seen["support_y"][:] = np.nan, np.nan
    np.testing.assert_array_equal(learner(seen), want)


def test_every_weight_learns_and_nan_in_the_padding_reaches_no_gradient(learner, seen):
    for key in ("support_x", "support_y"):
        seen[key][1, 3:] = np.nan
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(learner(seen, training=True)) + tf.add_n(learner.losses)
    gradients = tape.gradient(loss, learner.trainable_variables)
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)


def test_a_file_keeps_the_learner_by_the_name_of_shipped_weights(learner, seen, tmp_path):
    learner.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(seen), learner(seen))
    assert keras.saving.get_registered_name(NoAdaptationVideo) == "zoo>PretrainedVideo"


def test_a_short_training_lowers_the_loss(discs):
    keras.utils.set_random_seed(0)
    learner, (episode, truth) = NoAdaptationVideo(LatentVideoConfig(**SMALL)), discs
    learner.compile(keras.optimizers.Adam(1e-2), "mse", run_eagerly=True)  # which costs less than tracing for so few steps
    losses = [learner.train_on_batch(episode, truth) for _ in range(16)]
    assert losses[-1] < 0.8 * losses[0]
