"""The learners that share a backbone: its training, and what each makes of its features."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from zoo.models.pretrained import PretrainedConfig

from zoo.models.linear_head import LinearHead, LinearHeadConfig
from zoo.models.nearest_neighbour import NearestNeighbour
from zoo.models.simple_shot import TRANSFORMS, SimpleShot, SimpleShotConfig

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(size=[6, 8, 8, 1]).astype(np.float32)
Y = [0, 1, 2, 0, 1, 1]
SMALL = {"size": 8, "filters": (4, 6), "shrink": ("pool", "pool")}
LEARNERS = {
    "nearest": lambda: NearestNeighbour(PretrainedConfig(**SMALL)),
    "pixels": lambda: NearestNeighbour(PretrainedConfig(size=8, filters=(), shrink=())),
    "means": lambda: SimpleShot(SimpleShotConfig(**SMALL)),
    "logistic": lambda: LinearHead(LinearHeadConfig(**SMALL, unit=True, penalty=1.0)),
}


def make(kind):
    keras.utils.set_random_seed(0)
    learner = LEARNERS[kind]()
    if kind != "pixels":
        learner.center.assign(GENERATOR.uniform(size=[24]))
    return learner


def test_training_tells_all_classes_apart_and_leaves_the_mean_of_the_features():
    learner = make("nearest")
    learner.center.assign(np.zeros(24))
    learner.prepare(3)
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
        make("nearest").training_forward({"query_x": X[None]})


def test_their_weights_are_the_same_list():
    kinds = [make(kind) for kind in ("nearest", "means", "logistic")]
    shapes = [[weight.shape for weight in learner.weights] for learner in kinds]
    assert shapes[0] == shapes[1] == shapes[2]
    assert not make("pixels").trainable_weights


@pytest.mark.parametrize("kind", LEARNERS)
def test_grows_as_if_it_had_learned_all_at_once(kind):
    learner = make(kind)
    grown, whole = learner.learn(X[:4], Y[:4]).update(X[4:], [1, 7]), learner.learn(X, [0, 1, 2, 0, 1, 7])
    np.testing.assert_allclose(grown.logits(X), whole.logits(X), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", ["nearest", "pixels"])
def test_the_most_alike_example_decides(kind):
    learner = make(kind)
    rows = learner.features(X).numpy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosine = rows @ rows.T
    want = np.stack([cosine[:, np.array(Y) == way].max(axis=1) for way in range(3)], axis=1)
    np.testing.assert_allclose(learner.learn(X, Y).logits(X), 10 * want, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_distances_to_the_means_of_transformed_features(transform):
    keras.utils.set_random_seed(0)
    learner = SimpleShot(SimpleShotConfig(**SMALL, transform=transform))
    learner.center.assign(GENERATOR.uniform(size=[24]))
    rows = learner.features(X).numpy()
    if transform == "CL2N":
        rows = rows - learner.center.numpy()
    if transform != "UN":
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    means = np.stack([rows[np.array(Y) == way].mean(axis=0) for way in range(3)])
    want = -np.square(rows[:, None] - means).sum(axis=2)
    np.testing.assert_allclose(learner.learn(X, Y).logits(X), want, rtol=1e-3, atol=1e-4)


def test_a_linear_classifier_that_leaves_its_encoder_as_it_is():
    learner = make("logistic")
    before = learner.get_weights()
    task = learner.learn(X, Y)
    rows = learner.features(X).numpy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(task.logits(X), rows @ task.learned["kernel"][0] + task.learned["bias"][0], rtol=1e-4, atol=1e-5)
    for weight, same in zip(learner.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)
    again = learner.learn(X, Y, gradient_steps=learner.adapt_steps)
    np.testing.assert_allclose(again.logits(X), task.logits(X), rtol=1e-3, atol=1e-4)


def test_wrong_hyper_parameters_are_refused():
    with pytest.raises(ValueError, match="'CL2N'"):
        SimpleShot(SimpleShotConfig(**SMALL, transform="L1"))
    with pytest.raises(ValueError, match="filters of an encoder"):
        SimpleShot(SimpleShotConfig(size=8, filters=(), shrink=()))


def test_shuffled_labels_are_at_chance():
    learner = make("means")
    x = tf.random.stateless_uniform([40, 8, 8, 1], [1, 2]).numpy()
    predicted = learner.learn(x[:20], np.arange(20) % 2).predict(x[20:])
    assert 0.2 < np.mean(predicted == np.arange(20) % 2) < 0.8
