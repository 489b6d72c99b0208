import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import export
from zoo.datasets import BallVideo
from zoo.models.latent_video import LatentVideoConfig
from zoo.models.mela_video import MeLAVideo, MeLAVideoConfig
from zoo.models.pretrained_video import PretrainedVideo

SMALL = {"size": 15, "encoder_filters": 2, "decoder_filters": 3, "task_widths": (5,)}
NETWORKS = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "code": 3, "generator_widths": (8,)}


@pytest.fixture(scope="module")
def mela():
    keras.utils.set_random_seed(0)
    return MeLAVideo(MeLAVideoConfig(**SMALL, **NETWORKS))


@pytest.fixture(scope="module")
def pretrained():
    keras.utils.set_random_seed(0)
    return PretrainedVideo(LatentVideoConfig(**SMALL))


@pytest.fixture(params=["mela", "pretrained"])
def video(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def seen():
    generator = np.random.default_rng(0)
    frames = generator.uniform(size=(2, 5, 9, 15, 15)).astype(np.float32)
    return {
        "support_x": frames[:, :, :3],
        "support_y": frames[:, :, 3].reshape(2, 5, 225),
        "support_size": np.array([5, 3], np.int32),
        "query_x": frames[:, :, 4:7],
        "future": frames[:, :, 7:],
    }


def adapt(learner, seen):
    return learner.adapt(seen["support_x"], seen["support_y"], seen["support_size"])


def test_a_learned_task_is_the_network_of_latents_and_nothing_else(video, seen):
    shapes = {name: tuple(part.shape) for name, part in adapt(video, seen).items()}
    assert shapes == {"kernel_0": (2, 6, 5), "bias_0": (2, 5), "kernel_1": (2, 5, 2), "bias_1": (2, 2)}


def test_one_step_is_the_equation_written_out(video, seen):
    task = adapt(video, seen)
    latents = video.encoder(seen["query_x"]).numpy()  # [2, 5, 3, 2], -1 to 1, where a displacement is 0.2
    for number in range(2):
        oldest, before, newest = (latents[number, :, moment] for moment in range(3))
        x = np.concatenate([newest, (before - oldest) / 0.2, (newest - before) / 0.2], axis=1)
        hidden = x @ task["kernel_0"][number] + task["bias_0"][number]
        hidden = np.maximum(hidden, 0.3 * hidden)
        moved = newest + (newest - before) + 0.2 * (hidden @ task["kernel_1"][number] + task["bias_1"][number])
        want = video.decoder(moved).numpy().reshape(5, 225)
        np.testing.assert_allclose(video.apply(task, seen["query_x"])[number], want, rtol=1e-4, atol=1e-5)


def test_a_rollout_feeds_latents_back(video, seen):
    task = adapt(video, seen)
    state = video.begin(seen["query_x"])
    path = video.rollout(task, seen["query_x"], tf.constant([3, 3]))
    assert path.shape == (2, 5, 3, 225)
    for moment in range(3):
        state = video.advance(task, state)
        np.testing.assert_allclose(path[:, :, moment], video.emit(state), rtol=1e-5, atol=1e-6)


def test_straight_flight_needs_no_network(pretrained, seen):
    nothing = {name: tf.zeros_like(part) for name, part in adapt(pretrained, seen).items()}
    state = tf.constant([[[0.0, 0.0, 0.1, 0.2, 0.2, 0.4]]])
    one = {name: part[:1] for name, part in nothing.items()}
    np.testing.assert_allclose(pretrained.advance(one, state)[0, 0], [0.1, 0.2, 0.2, 0.4, 0.3, 0.6], atol=1e-6)


def test_the_order_of_the_support_changes_nothing(mela, seen, same):
    seen["support_size"][:] = 5
    order = [3, 0, 4, 1, 2]
    want = adapt(mela, seen)
    got = adapt(mela, seen | {key: seen[key][:, order] for key in ("support_x", "support_y")})
    for name in want:
        same(got[name], want[name])


def test_the_support_matters_to_mela_only(mela, pretrained, seen):
    other = seen | {"support_y": seen["support_y"][::-1]}
    assert not np.allclose(adapt(mela, other)["kernel_1"], adapt(mela, seen)["kernel_1"])
    for name, part in adapt(pretrained, seen).items():
        np.testing.assert_array_equal(part[0], part[1])
        np.testing.assert_array_equal(adapt(pretrained, other)[name], part)


def test_nan_in_the_padding_reaches_no_gradient(video, seen):
    for key in ("support_x", "support_y"):
        seen[key][1, 3:] = np.nan
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(video(seen)) + tf.add_n(video.losses)
    gradients = tape.gradient(loss, video.trainable_variables)
    assert all(gradient is not None and np.isfinite(gradient).all() for gradient in gradients)


def test_dynamics_do_not_train_the_encoder(video, seen):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(video.apply(adapt(video, seen), seen["query_x"]))
    assert tape.gradient(loss, video.encoder.trainable_variables) == [None] * len(video.encoder.trainable_variables)


def test_penalties_are_reconstruction_and_the_way_in_latent_space(video, seen):
    task = adapt(video, seen)
    reconstruction, dynamics = video.penalties(task, seen)
    frames = seen["query_x"][:, :4, 2]
    assert float(reconstruction) == pytest.approx(0.3 * np.square(video.decoder(video.encoder(frames)) - frames).mean(), rel=1e-4)
    state, truth = video.begin(seen["query_x"]), video.latents(seen["future"]).numpy()
    losses = []
    for moment in range(2):
        state = video.advance(task, state)
        error = np.abs(state[..., 4:] - truth[:, :, moment]) / 0.05
        losses.append(np.where(error < 1, 0.5 * error**2, error - 0.5).mean())
    assert float(dynamics) == pytest.approx(np.mean(losses), rel=1e-4)


def test_predictions_do_not_read_the_future(video, seen):
    want = video(seen).numpy()
    np.testing.assert_array_equal(video(seen | {"future": 1 - seen["future"]}), want)
    del seen["future"]
    np.testing.assert_array_equal(video(seen), want)


def test_a_file_keeps_the_learner(video, seen, tmp_path):
    video.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(seen), video(seen))


def test_a_task_model_leaves_with_the_autoencoder_and_not_with_what_wrote_its_network(mela, seen, tmp_path):
    task = mela.learn(seen["support_x"][0], seen["support_y"][0])
    assert max(export.saved_model(task, tmp_path / "task").values()) < 1e-5
    stored = (tmp_path / "task/variables/variables.data-00000-of-00001").stat().st_size
    weights = 4 * (mela.encoder.count_params() + mela.decoder.count_params())
    assert weights <= stored < weights + 2000 < 4 * mela.count_params()


@pytest.mark.parametrize("kind", [MeLAVideo, PretrainedVideo])
def test_a_short_fit_lowers_the_loss(kind):
    keras.utils.set_random_seed(0)
    small = {**SMALL, "size": 39}
    learner = kind(MeLAVideoConfig(**small, **NETWORKS) if kind is MeLAVideo else LatentVideoConfig(**small))
    learner.compile(keras.optimizers.Adam(3e-3), "mse", jit_compile=False)
    stream = BallVideo(support=3, queries=4).stream(2, seed=1)
    losses = learner.fit(stream, epochs=3, steps_per_epoch=10, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
