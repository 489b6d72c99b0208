"""Matching networks: votes of the examples, by every kernel."""

import keras
import numpy as np
import pytest

from zoo.models.matching import MatchingConfig, MatchingNetwork
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}


def make(**options):
    keras.utils.set_random_seed(0)
    return MatchingNetwork(MatchingConfig(**SMALL | options))


def test_a_probability_is_the_share_of_the_vote():
    learner = make(kernel="scaled_cosine")
    task = learner.learn(X, Y)
    weights = learner.attention(task.learned, X[None, :4])[0]
    np.testing.assert_allclose(np.sum(weights, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(task.predict_proba(X[:4]), weights @ np.eye(3)[Y], rtol=1e-4, atol=1e-6)


def test_one_shot_with_squared_distances_is_a_prototypical_network():
    matching, prototypical = make(kernel="squared_euclidean"), PrototypicalNetwork(PrototypicalConfig(**SMALL))
    prototypical.set_weights(matching.get_weights())
    odds = [learner.learn(X[:3], Y[:3]).predict_proba(X) for learner in (matching, prototypical)]
    np.testing.assert_allclose(*odds, rtol=1e-4, atol=1e-6)


def test_one_embedding_for_all_pictures_votes_by_number_of_examples():
    task = make().learn(np.zeros_like(X), Y)
    np.testing.assert_allclose(task.predict_proba(X), np.tile([2 / 6, 3 / 6, 1 / 6], [6, 1]), rtol=1e-5)


def test_one_more_example_never_lowers_its_class():
    learner = make()
    for row in range(6):
        before = learner.learn(X, Y).predict_proba(X)[:, Y[row]]
        after = learner.learn(np.concatenate([X, X[row : row + 1]]), [*Y, Y[row]]).predict_proba(X)[:, Y[row]]
        assert (after >= before - 1e-6).all()


def test_the_paper_s_kernel_cannot_be_sure():
    """Cosines of non-negative embeddings lie in [0, 1]: two ways, one shot, and no class gets more than e / (e + 1)."""
    odds = make(kernel="cosine").learn(X[:2], [0, 1]).predict_proba(X)
    assert odds.max() <= np.e / (np.e + 1) + 1e-6


def test_grows_by_classes():
    learner = make(kernel="squared_euclidean")
    grown = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7])
    whole = learner.learn(X, [0, 1, 2, 0, 1, 7])
    assert grown.classes == whole.classes == (0, 1, 2, 7)
    np.testing.assert_allclose(grown.predict_proba(X), whole.predict_proba(X), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kernel", ["cosine", "scaled_cosine"])
def test_training_lowers_the_loss(kernel):
    learner = make(kernel=kernel)
    learner.compile(keras.optimizers.Adam(1e-2), keras.losses.CategoricalCrossentropy(from_logits=True))
    label = np.eye(3, dtype=np.float32)[[Y]]
    noisy = np.clip(X + GENERATOR.normal(0, 0.1, X.shape), 0, 1).astype(np.float32)
    episode = {"support_x": X[None], "support_y": label, "support_size": np.array([6], np.int32), "query_x": noisy[None]}
    losses = [learner.train_on_batch(episode, label) for _ in range(30)]
    assert losses[-1] < 0.8 * losses[0]
    if kernel == "scaled_cosine":
        assert float(learner.kernel.log_scale) != pytest.approx(np.log(10), abs=1e-4)
