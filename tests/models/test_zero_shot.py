"""Classes that are described in place of shown."""

import keras
import numpy as np
import pytest

from zoo import ZooError
from zoo.models.zero_shot import ZeroShotConfig, ZeroShotPrototypes

DRAW = np.random.default_rng(0).normal
ATTRIBUTES = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], np.float32)
FEATURES = DRAW(size=[7, 4]).astype(np.float32)
NAMES = ["crow", "finch", "owl"]


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(0)
    return ZeroShotPrototypes(ZeroShotConfig(attributes=3, features=4, width=5))


def test_the_defaults_are_the_published_network():
    learner = ZeroShotPrototypes()
    assert learner.count_params() == (312 + 1) * 1024 + (1024 + 1) * 1024


def test_a_class_is_the_unit_of_its_embedded_attributes_and_the_nearest_wins(learner):
    task = learner.learn(ATTRIBUTES, NAMES)
    meant = learner.describe(ATTRIBUTES).numpy()
    want = meant / np.linalg.norm(meant, axis=1, keepdims=True)
    np.testing.assert_allclose(task.learned["prototype"][0], want, rtol=1e-4, atol=1e-6)
    apart = np.square(learner.embed(FEATURES).numpy()[:, None] - want).sum(axis=2)
    np.testing.assert_allclose(task.logits(FEATURES), -apart, rtol=1e-4, atol=1e-5)
    assert list(task.predict(FEATURES)) == [NAMES[at] for at in apart.argmin(axis=1)]


def test_a_new_class_is_one_more_description(learner):
    grown = learner.learn(ATTRIBUTES[:2], NAMES[:2]).update(ATTRIBUTES[2:], NAMES[2:])
    assert grown.classes == tuple(NAMES)
    np.testing.assert_allclose(grown.logits(FEATURES), learner.learn(ATTRIBUTES, NAMES).logits(FEATURES), rtol=1e-5, atol=1e-6)


def test_a_query_is_features_and_no_attributes(learner):
    with pytest.raises(ZooError, match=r"\[rows, 4\] was expected"):
        learner.learn(ATTRIBUTES, NAMES).predict(ATTRIBUTES)
