"""The nearest neighbour: the most alike example decides, of features and of pixels."""

import keras
import numpy as np
import pytest

from zoo.learners.pretrained_classifier import PretrainedConfig
from zoo.models.nearest_neighbour import NearestNeighbour

X = np.random.default_rng(0).uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]
CONFIGS = {
    "features": PretrainedConfig(size=8, filters=(4, 6), shrink=("pool", "pool")),
    "pixels": PretrainedConfig(size=8, filters=(), shrink=()),
}


@pytest.fixture(scope="module", params=CONFIGS)
def learner(request):
    keras.utils.set_random_seed(0)
    return NearestNeighbour(CONFIGS[request.param])


def test_the_most_alike_example_decides(learner):
    rows = learner.features(X).numpy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosine = rows @ rows.T
    want = np.stack([cosine[:, np.array(Y) == way].max(axis=1) for way in range(3)], axis=1)
    np.testing.assert_allclose(learner.learn(X, Y).logits(X), 10 * want, rtol=1e-4, atol=1e-4)


def test_grows_as_if_it_had_learned_all_at_once(learner):
    grown, whole = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7]), learner.learn(X, [0, 1, 2, 0, 1, 7])
    np.testing.assert_allclose(grown.logits(X), whole.logits(X), rtol=1e-3, atol=1e-4)
