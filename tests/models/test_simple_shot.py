"""SimpleShot: class means of features that are centred on training's mean and brought to length 1."""

import keras
import numpy as np
import pytest

from zoo.models.simple_shot import TRANSFORMS, SimpleShot, SimpleShotConfig

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
CENTER = GENERATOR.uniform(size=[24])
Y = [0, 1, 2, 0, 1, 1]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}


def make(**options):
    keras.utils.set_random_seed(0)
    learner = SimpleShot(SimpleShotConfig(**SMALL, **options))
    learner.center.assign(CENTER)
    return learner


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_distances_to_the_means_of_transformed_features(transform):
    learner = make(transform=transform)
    rows = learner.features(X).numpy()
    if transform == "CL2N":
        rows = rows - learner.center.numpy()
    if transform != "UN":
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    means = np.stack([rows[np.array(Y) == way].mean(axis=0) for way in range(3)])
    want = -np.square(rows[:, None] - means).sum(axis=2)
    np.testing.assert_allclose(learner.learn(X, Y).logits(X), want, rtol=1e-3, atol=1e-4)


def test_grows_as_if_it_had_learned_all_at_once_and_guesses_where_there_is_nothing_to_learn():
    learner = make()
    grown, whole = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7]), learner.learn(X, [0, 1, 2, 0, 1, 7])
    np.testing.assert_allclose(grown.logits(X), whole.logits(X), rtol=1e-3, atol=1e-4)
    x = np.random.default_rng(1).uniform(size=[40, 8, 8, 1])
    predicted = learner.learn(x[:20], np.arange(20) % 2).predict(x[20:])
    assert 0.2 < np.mean(predicted == np.arange(20) % 2) < 0.8


def test_wrong_hyper_parameters_are_refused():
    with pytest.raises(ValueError, match="'CL2N'"):
        SimpleShot(SimpleShotConfig(**SMALL, transform="L1"))
    with pytest.raises(ValueError, match="filters of an encoder"):
        SimpleShot(SimpleShotConfig(size=8, filters=(), shrink=()))
