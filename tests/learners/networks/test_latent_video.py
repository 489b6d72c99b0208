"""The task network of video, written out: latents that fly on, and losses of the autoencoder and of the way in latent space."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import MLP, FrameDecoder, FrameEncoder
from zoo.learners.labels import Numbers
from zoo.learners.networks.latent_video import LatentVideo, LatentVideoConfig
from zoo.learners.shape import Shape

CONFIG = LatentVideoConfig(size=15, encoder_filters=2, decoder_filters=3, task_widths=(5,))
FRAMES = np.random.default_rng(0).uniform(size=(2, 5, 6, 15, 15)).astype(np.float32)
QUERY, FUTURE = FRAMES[:, :, :3], FRAMES[:, :, 3:5]


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    shared = MLP(CONFIG.widths[1:], CONFIG.task_activation)
    shared.build((None, CONFIG.widths[0]))
    encoder, decoder = FrameEncoder(CONFIG.latents, CONFIG.encoder_filters), FrameDecoder(CONFIG.size, CONFIG.decoder_filters)
    return LatentVideo(CONFIG, encoder, decoder, shared)


@pytest.fixture(scope="module")
def task(network):
    generator = np.random.default_rng(1)
    return {
        name: value + generator.normal(0, 0.1, value.shape).astype(np.float32)
        for name, value in network.initial(np.zeros((2, 1, 1))).items()
    }


def test_says_what_an_example_and_a_label_are(network):
    assert (network.example, network.labels, network.past_outputs) == (Shape((3, 15, 15)), Numbers(225), 3)
    assert CONFIG.widths == (6, 5, 2)


def test_all_tasks_start_from_the_shared_network_of_latents(network):
    shapes = {name: tuple(part.shape) for name, part in network.initial(np.zeros((2, 1, 1))).items()}
    assert shapes == {"kernel_0": (2, 6, 5), "bias_0": (2, 5), "kernel_1": (2, 5, 2), "bias_1": (2, 2)}


def test_one_step_is_the_equation_written_out(network, task):
    latents = network.encoder(QUERY).numpy()  # [2, 5, 3, 2], -1 to 1, where a displacement is 0.2
    for number in range(2):
        oldest, before, newest = (latents[number, :, moment] for moment in range(3))
        x = np.concatenate([newest, (before - oldest) / 0.2, (newest - before) / 0.2], axis=1)
        hidden = x @ task["kernel_0"][number] + task["bias_0"][number]
        hidden = np.maximum(hidden, 0.3 * hidden)
        moved = newest + (newest - before) + 0.2 * (hidden @ task["kernel_1"][number] + task["bias_1"][number])
        want = network.decoder(moved).numpy().reshape(5, 225)
        np.testing.assert_allclose(network.run(task, QUERY)[number], want, rtol=1e-4, atol=1e-5)


def test_straight_flight_needs_no_network(network, task):
    silent = {name: tf.zeros_like(part[:1]) for name, part in task.items()}
    state = tf.constant([[[0.0, 0.0, 0.1, 0.2, 0.2, 0.4]]])
    np.testing.assert_allclose(network.advance(silent, state)[0, 0], [0.1, 0.2, 0.2, 0.4, 0.3, 0.6], atol=1e-6)


def test_what_is_read_of_an_example_is_where_the_latents_were_and_how_they_left_straight_flight(network):
    y = FRAMES[:, :, 3].reshape(2, 5, 225)
    pair = network.pair(QUERY, y).numpy()
    state = network.begin(QUERY).numpy()
    after = 0.5 + 0.5 * network.encoder(FRAMES[:, :, 3]).numpy()
    assert pair.shape == (2, 5, 8)
    np.testing.assert_allclose(pair[..., :6], network.coordinates.example(state), rtol=1e-5, atol=1e-6)
    straight = 2 * state[..., 4:] - state[..., 2:4]
    np.testing.assert_allclose(pair[..., 6:], (after - straight) / 0.1, rtol=1e-3, atol=1e-4)


def test_losses_are_reconstruction_and_the_way_in_latent_space(network, task):
    reconstruction, dynamics = network.auxiliary_losses(task, {"query_x": QUERY, "future": FUTURE})
    frames = QUERY[:, :4, 2]
    want = 0.3 * np.square(network.decoder(network.encoder(frames)) - frames).mean()
    assert float(reconstruction) == pytest.approx(want, rel=1e-4)
    state, truth = network.begin(QUERY), 0.5 + 0.5 * network.encoder(FUTURE).numpy()
    losses = []
    for moment in range(2):
        state = network.advance(task, state)
        error = np.abs(state[..., 4:] - truth[:, :, moment]) / 0.05
        losses.append(np.where(error < 1, 0.5 * error**2, error - 0.5).mean())
    assert float(dynamics) == pytest.approx(np.mean(losses), rel=1e-4)
    (alone,) = network.auxiliary_losses(task, {"query_x": QUERY})
    assert float(alone) == float(reconstruction)


def test_dynamics_do_not_train_the_encoder(network, task):
    weights = network.encoder.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(network.run(task, QUERY))
    assert tape.gradient(loss, weights) == [None] * len(weights)
