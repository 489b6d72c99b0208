"""Prototypical networks: the published network, views of a picture, and gradient steps on prototypes."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.layers.prototypes import DISTANCES
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 2]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}


def make(**options):
    keras.utils.set_random_seed(0)
    return PrototypicalNetwork(PrototypicalConfig(**SMALL | options))


def test_the_defaults_are_the_published_network():
    learner = PrototypicalNetwork()
    assert sum(np.prod(weight.shape) for weight in learner.trainable_variables) == 111_936 - 4 * 64
    assert learner.graphs.task_spec["prototype"].shape.as_list() == [None, None, 64]


@pytest.mark.parametrize("distance", DISTANCES)
def test_identical_pictures_are_told_apart_by_their_own_prototype(distance):
    learner = make(distance=distance)
    task = learner.learn(X[:3], Y[:3])
    np.testing.assert_array_equal(task.predict(X[:3]), Y[:3])
    np.testing.assert_allclose(task.learned["prototype"][0], learner.embed(X[:3]), rtol=1e-5, atol=1e-6)


def test_one_embedding_for_all_pictures_is_at_chance():
    learner = make()
    task = learner.learn(np.zeros_like(X), Y)
    np.testing.assert_allclose(task.predict_proba(X), np.full([6, 3], 1 / 3), atol=1e-5)


def test_views_average_over_shifts_outside_training():
    learner = make(views=1)
    plain = make()
    plain.set_weights(learner.get_weights())
    shifted = [np.zeros_like(X) for _ in range(5)]
    shifted[0][:] = X
    shifted[1][:, 1:], shifted[2][:, :-1] = X[:, :-1], X[:, 1:]
    shifted[3][:, :, 1:], shifted[4][:, :, :-1] = X[:, :, :-1], X[:, :, 1:]
    want = np.mean([plain.embed(view) for view in shifted], axis=0)
    np.testing.assert_allclose(learner.embed(X), want, rtol=1e-4, atol=1e-6)


def test_gradient_steps_lower_the_loss_of_a_linear_classifier():
    learner = make()
    y = [0, 1, 2, 1, 2, 0]  # says otherwise than the embedding does

    def loss(steps):
        return -np.log(learner.learn(X, y, gradient_steps=steps).predict_proba(X)[np.arange(6), y]).mean()

    assert loss(0) > loss(10) > loss(100)
    np.testing.assert_allclose(
        learner.learn(X, y, gradient_steps=0).logits(X), learner.learn(X, y).logits(X), rtol=1e-5, atol=1e-6
    )


def test_other_distances_take_no_gradient_steps():
    learner = make(distance="cosine")
    assert "fine_tune" not in learner.endpoints()
    with pytest.raises(ZooError, match="takes no gradient steps"):
        learner.learn(X, Y, gradient_steps=1)
