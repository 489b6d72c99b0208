"""Siamese networks: how alike two pictures are, whichever comes first."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.models.siamese import SiameseConfig, SiameseNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return SiameseNetwork(SiameseConfig(size=8, filters=(4, 6), shrink=("pool", "none"), embedding=5))


def test_two_pictures_are_alike_whichever_comes_first_and_none_more_than_one_and_itself(learner):
    odds = learner.verify(X, X[::-1])
    np.testing.assert_allclose(odds, learner.verify(X[::-1], X), rtol=1e-5)
    itself = learner.verify(X, X)
    np.testing.assert_allclose(itself, tf.sigmoid(learner.head.bias) * np.ones(6), rtol=1e-5)
    assert np.all(odds <= itself + 1e-6)
    endpoint = learner.endpoints()["verify"]
    np.testing.assert_allclose(endpoint(x=X, other=X[::-1])["probability"], odds, rtol=1e-6)


def test_a_class_scores_the_mean_of_its_examples(learner):
    embedded = learner.embed(X)[None]
    scores = np.array(learner.head(embedded, embedded))[0]  # [queries, examples]
    want = np.stack([scores[:, np.array(Y) == way].mean(axis=1) for way in range(3)], axis=1)
    np.testing.assert_allclose(learner.learn(X, Y).logits(X), want, rtol=1e-3, atol=1e-4)


def test_grows_by_classes(learner):
    grown, whole = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7]), learner.learn(X, [0, 1, 2, 0, 1, 7])
    np.testing.assert_allclose(grown.logits(X), whole.logits(X), rtol=1e-4, atol=1e-5)


def test_training_lowers_the_loss_of_pairs():
    keras.utils.set_random_seed(0)
    learner = SiameseNetwork(SiameseConfig(size=8, filters=(8,), shrink=("pool",), embedding=16))
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    label = np.eye(3, dtype=np.float32)[[Y]]
    episode = {"support_x": X[None], "support_y": label, "support_size": np.array([6], np.int32), "query_x": X[None]}
    for _ in range(60):
        learner.train_on_batch(episode, label)
    alike = learner.verify(X[[0, 1, 4]], X[[3, 4, 5]])
    unlike = learner.verify(X[[0, 1, 2]], X[[1, 2, 3]])
    assert np.min(alike) > np.max(unlike)
