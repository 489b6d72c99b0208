import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.layers.prototypes import DISTANCES
from zoo.models.pair_losses import pair_loss
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
    assert learner.task_spec["prototype"].shape.as_list() == [None, None, 64]


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


def test_pair_loss_is_the_mean_over_pairs_of_one_class():
    logits = GENERATOR.normal(size=[1, 6, 6]).astype(np.float32)
    label = [0, 0, 0, 1, 2, 2]
    losses = []
    for i in range(5):  # the last row is padding
        for j in range(5):
            if i == j or label[i] != label[j]:
                continue
            others = {label[k] for k in range(5)} - {label[i]}
            against = [np.mean([np.exp(logits[0, i, k]) for k in range(5) if label[k] == other]) for other in others]
            losses.append(-np.log(np.exp(logits[0, i, j]) / (np.exp(logits[0, i, j]) + sum(against))))
    got = pair_loss(tf.constant(logits), np.eye(3, dtype=np.float32)[[label]], np.array([5]))
    assert float(got) == pytest.approx(np.mean(losses), rel=1e-5)


def test_gradient_steps_lower_the_loss_of_a_linear_classifier():
    learner = make()
    y = [0, 1, 2, 1, 2, 0]  # says otherwise than the embedding does

    def loss(steps):
        return -np.log(learner.learn(X, y, gradient_steps=steps).predict_proba(X)[np.arange(6), y]).mean()

    assert loss(0) > loss(10) > loss(100)
    np.testing.assert_allclose(
        learner.learn(X, y, gradient_steps=0).logits(X), learner.learn(X, y).logits(X), rtol=1e-5, atol=1e-6
    )


def test_the_first_gradient_step_goes_against_the_gradient():
    """Adam's first step is the learning rate times the sign of the gradient, here TensorFlow's own."""
    learner = make()
    prototype = tf.constant(learner.learn(X, Y).learned["prototype"])
    with tf.GradientTape() as tape:
        tape.watch(prototype)
        logits = learner.logits(tf.expand_dims(learner.embed(X), 0), prototype)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(np.eye(3)[[Y]], logits, from_logits=True))
    slope = tape.gradient(loss, prototype).numpy()
    moved = learner.learn(X, Y, gradient_steps=1).learned["prototype"] - prototype.numpy()
    clear = np.abs(slope) > 1e-5
    assert clear.sum() > 10
    np.testing.assert_array_equal(np.sign(moved)[clear], -np.sign(slope)[clear])


def test_other_distances_take_no_gradient_steps():
    learner = make(distance="cosine")
    assert "fine_tune" not in learner.endpoints()
    with pytest.raises(ZooError, match="takes no gradient steps"):
        learner.learn(X, Y, gradient_steps=1)
