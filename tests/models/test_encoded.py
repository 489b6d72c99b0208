"""Prototypes around any Keras model: its embeddings on numbers, preprocessing, what stands in a file, and what is refused."""

import keras
import numpy as np
import pytest

import zoo
from zoo.learners import made
from zoo.models.encoded import Encoded, EncodedConfig, tiny
from zoo.utils.errors import ZooError

layers = keras.layers


def three_layers():
    """A model of three layers."""
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [keras.Input((12, 12, 3)), layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(6)]
    )


def test_an_embedding_is_the_models_of_the_numbers_it_wants_at_length_one():
    model = three_layers()
    learner = zoo.encoded(model, "-1..1")
    x = made.queries(learner)
    want = model(2.0 * x - 1.0).numpy()
    np.testing.assert_allclose(learner.features(x), want, rtol=1e-4, atol=1e-5)
    learner.center.assign(want.mean(axis=0))
    centred = want - want.mean(axis=0)
    np.testing.assert_allclose(learner.embed(x), centred / np.linalg.norm(centred, axis=1, keepdims=True), rtol=1e-3, atol=1e-4)


def test_a_task_is_the_nearest_mean_and_says_whether_it_is_calibrated():
    learner = zoo.encoded(three_layers(), "0..1", licence="mine\nalone")
    x, y = made.support(learner)
    task = learner.learn(x, y)
    embedded = learner.graphs.embed(x).numpy()
    means = np.stack([embedded[np.array(y) == each].mean(axis=0) for each in task.classes])
    distance = np.square(embedded[:, None] - means).sum(axis=2)
    assert task.predict(x).tolist() == [task.classes[each] for each in distance.argmin(axis=1)]
    np.testing.assert_allclose(task.logits(x), -distance / task.learned["temperature"][0], rtol=1e-3, atol=1e-3)
    assert task.is_calibrated
    assert not learner.learn(x[:3], y[:3]).is_calibrated
    assert learner.licence.startswith("mine alone; SHA-256 of the encoder's weights ")


def test_the_file_stands_alone(tmp_path):
    learner = zoo.encoded(three_layers(), "imagenet", licence="Apache-2.0")
    learner.save(tmp_path / "mine.keras")
    loaded = zoo.load(str(tmp_path / "mine.keras"))
    assert loaded.config == learner.config and loaded.licence == learner.licence
    x, y = made.support(learner)
    np.testing.assert_array_equal(loaded.learn(x, y).answers(x), learner.learn(x, y).answers(x))


def test_bytes_are_tones():
    learner = zoo.encoded(three_layers(), "0..1")
    x = np.random.default_rng(0).integers(0, 256, (4, 12, 12, 3), np.uint8)
    task = learner.learn(x, list("abab"))
    np.testing.assert_allclose(task.answers(x), task.answers((x / 255).astype(np.float32)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("scale", "given", "want", "said"),
    [
        (1 / 127.5, None, 255.0, ""),
        (1 / 255, "0..255", 255.0, ""),
        (1 / 255, "imagenet", 255.0, "begins with Rescaling.*gets 0..255 and not imagenet"),
        (1 / 127.5, "-1..1", 255.0, "begins with Rescaling"),
        (2.0, None, 1.0, ""),
        (2.0, "-1..1", 1.0, "gets 0..1 and not -1..1"),
    ],
)
def test_a_leading_rescaling_is_not_applied_twice(scale, given, want, said, recwarn):
    model = keras.Sequential([layers.Rescaling(scale, -1.0), three_layers()])
    model.build((None, 12, 12, 3))
    learner = zoo.encoded(model, given)
    assert (learner.config.scale, learner.config.offset) == ((want,), (0.0,))
    assert len(recwarn) == bool(said)
    if said:
        with pytest.warns(UserWarning, match=said):
            zoo.encoded(model, given)


def test_numbers_are_taken_at_their_word_and_pictures_need_some():
    model = keras.Sequential([keras.Input((12, 12, 3)), layers.Rescaling(1 / 255), layers.GlobalAveragePooling2D()])
    assert zoo.encoded(model, (3.0, 1.0)).config.scale == (3.0,)
    with pytest.raises(ZooError, match="begins with no Rescaling, so say which numbers"):
        zoo.encoded(three_layers())
    with pytest.raises(ZooError, match=r"choose '0\.\.1'"):
        zoo.encoded(three_layers(), "bytes")


def test_vectors_need_no_model():
    learner = zoo.encoded(None, shape=5, licence="theirs")
    x, y = made.support(learner)
    assert learner.encoder is None and learner.example.sizes == (5,)
    np.testing.assert_allclose(learner.features(x), x)
    assert learner.learn(x, y).predict(x).shape == (6,)
    for wrong in ({}, {"shape": 0}, {"shape": (2, 3)}, {"shape": 4, "layer": "top"}):
        with pytest.raises(ZooError, match=r"shape=|layer and preprocess"):
            zoo.encoded(None, **wrong)


def test_a_vector_encoder_needs_no_preprocessing():
    keras.utils.set_random_seed(1)
    learner = zoo.encoded(keras.Sequential([keras.Input((4,)), layers.Dense(3)]))
    assert learner.config.scale == (1.0,) and learner.input_range is None


def test_half_precision_learns_and_exports(tmp_path):
    keras.utils.set_random_seed(1)
    policy = keras.DTypePolicy("mixed_float16")
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, dtype=policy), layers.GlobalAveragePooling2D(dtype=policy)]
    )
    with pytest.warns(UserWarning, match="half precision"):
        learner = zoo.encoded(model, "0..1")
    task = made.task(learner)
    assert max(zoo.export.onnx(task, tmp_path / "task.onnx").values()) < 1e-4


def test_an_encoder_may_be_trained_further():
    learner = zoo.encoded(three_layers(), "0..1")
    episode = made.episode(learner, (6, 6))
    truth = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]
    before = learner.encoder.get_weights()
    learner.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True))
    learner.train_on_batch(episode, truth)
    assert any(np.abs(one - other).max() > 0 for one, other in zip(before, learner.encoder.get_weights(), strict=True))


def test_models_of_keras_applications_are_encoders(tmp_path):
    """Without their weights, which come from the network; a hard swish adds a scalar to a convolution."""
    keras.utils.set_random_seed(1)
    model = keras.applications.MobileNetV3Small((32, 32, 3), alpha=0.35, minimalistic=True, include_top=False, weights=None)
    with pytest.warns(UserWarning, match="mean over all places"):
        learner = zoo.encoded(model)
    assert learner.config.scale == (255.0,)
    learner.save(tmp_path / "mobile.keras")
    assert zoo.load(str(tmp_path / "mobile.keras")).config == learner.config


def test_every_variant_is_a_learner_of_classes():
    assert all(isinstance(each, Encoded) and each.tells_classes for each in tiny().values())
    assert Encoded(EncodedConfig((3,))).licence == ""
