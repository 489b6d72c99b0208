"""The backbone that all baselines share: its training as an ordinary classifier, and weights that are the same list."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from zoo.learners.heads.nearest import Nearest
from zoo.learners.pretrained_classifier import PretrainedClassifier, PretrainedConfig
from zoo.models.linear_head import LinearHead, LinearHeadConfig
from zoo.models.nearest_neighbour import NearestNeighbour
from zoo.models.simple_shot import SimpleShot, SimpleShotConfig

X = np.random.default_rng(0).uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}


class Backbone(PretrainedClassifier):
    config_class = PretrainedConfig

    def make_head(self):
        return Nearest()


def make():
    keras.utils.set_random_seed(0)
    return Backbone(PretrainedConfig(**SMALL))


def test_training_tells_all_classes_apart_and_leaves_the_mean_of_the_features():
    learner = make()
    learner.prepare(SimpleNamespace(training_classes=3), 1)
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    label = np.eye(3, dtype=np.float32)[[Y]]
    episode = {"support_x": X[None, :0], "support_y": label[:, :0], "support_size": np.zeros(1, np.int32), "query_x": X[None]}
    first = learner.train_on_batch(episode, label)
    assert np.abs(learner.center.numpy()).max() > 0
    before = learner.center.numpy()
    learner.training_forward(episode)
    mean = learner.features(X, training=True).numpy().mean(axis=0)
    np.testing.assert_allclose(learner.center.numpy(), 0.99 * before + 0.01 * mean, rtol=1e-4)
    for _ in range(30):
        last = learner.train_on_batch(episode, label)
    assert last < 0.5 * first


def test_training_must_know_how_many_classes_there_are():
    with pytest.raises(ValueError, match="call prepare"):
        make().training_forward({"query_x": X[None]})


def test_the_embedding_is_the_features_with_the_encoder_as_it_is():
    learner = make()
    assert learner.width == 24
    np.testing.assert_array_equal(learner.embed(X), learner.features(X))
    assert learner.features(X).shape == (6, 24)
    np.testing.assert_allclose(learner.features(X), learner.encoder(X, training=False), rtol=1e-6)


def test_without_an_encoder_the_features_are_the_pixels():
    learner = Backbone(PretrainedConfig(size=8, filters=(), shrink=()))
    learner.prepare(SimpleNamespace(training_classes=3), 1)
    assert not learner.trainable_weights
    assert learner.width == 64
    np.testing.assert_array_equal(learner.features(X), X.reshape(6, 64))


def test_the_weights_of_all_that_share_them_are_the_same_list():
    kinds = [make(), SimpleShot(SimpleShotConfig(**SMALL)), LinearHead(LinearHeadConfig(**SMALL, unit=True, penalty=1.0))]
    kinds.append(NearestNeighbour(PretrainedConfig(**SMALL)))
    shapes = [[weight.shape for weight in learner.weights] for learner in kinds]
    assert all(each == shapes[0] for each in shapes)
    prepared = make()
    prepared.prepare(SimpleNamespace(training_classes=5), 1)
    assert [weight.shape for weight in prepared.weights][: len(shapes[0])] == shapes[0]  # what only training needs comes last
