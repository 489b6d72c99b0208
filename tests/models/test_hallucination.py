"""Hallucination: what is frozen, what training draws, and which configurations are refused."""

import dataclasses

import keras
import numpy as np
import pictures
import pytest

from zoo.datasets import NWay
from zoo.models.hallucination import Hallucination, HallucinationConfig
from zoo.utils.errors import ZooError

SMALL = HallucinationConfig(size=12, filters=(4, 6), shrink=("stride", "padded_pool"), width=5, steps=2, imagined=2)
EPISODE = {
    "support_x": np.random.default_rng(0).random((2, 6, 12, 12, 1), np.float32),
    "support_y": np.stack([np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2]]] * 2),
    "support_size": np.array([6, 6], np.int32),
    "query_x": np.random.default_rng(1).random((2, 3, 12, 12, 1), np.float32),
}
TRUTH = np.stack([np.eye(3, dtype=np.float32)] * 2)


def make(**changes):
    keras.utils.set_random_seed(1)
    return Hallucination(dataclasses.replace(SMALL, **changes))


@pytest.mark.parametrize("base", ["prototypes", "matching", "prototype_matching"])
def test_training_moves_all_but_the_encoder_and_draws_noise_anew(base):
    learner = make(base=base)
    learner.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)
    encoder, noise = learner.encoder.get_weights(), learner.generate.noise.numpy()
    before = [weight.numpy() for weight in learner.trainable_weights]
    learner.train_on_batch(EPISODE, TRUTH)
    assert all(np.array_equal(*pair) for pair in zip(encoder, learner.encoder.get_weights(), strict=True))
    assert not np.allclose(noise, learner.generate.noise)
    still = [new.path for old, new in zip(before, learner.trainable_weights, strict=True) if np.array_equal(old, new)]
    assert not still


def test_features_train_as_the_pictures_that_they_are_of():
    logits = []
    for given in (lambda learner, x: x, lambda learner, x: learner.embedded(x).numpy()):
        learner = make()
        episode = EPISODE | {name: given(learner, EPISODE[name]) for name in ("support_x", "query_x")}
        logits.append(learner.training_forward(episode).numpy())
    np.testing.assert_allclose(*logits, rtol=1e-5, atol=1e-6)


def test_it_is_trained_on_features_that_are_computed_once():
    learner, benchmark = make(), NWay(pictures.strokes(12), ways=3, shots=2, queries=1)
    (embedded,) = learner.for_training([benchmark])
    (shown, y), (seen, same) = (next(iter(each.stream(2, 1))) for each in (benchmark, embedded))
    np.testing.assert_array_equal(y, same)
    for name in ("support_x", "query_x"):
        np.testing.assert_allclose(seen[name], learner.embedded(shown[name]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [({"base": "svm"}, "prototype_matching"), ({"generator": "gan"}, "no_noise"), ({"imagined": 0}, "one example or more")],
)
def test_what_does_not_exist_is_refused(wrong, remedy):
    with pytest.raises(ZooError, match=remedy):
        HallucinationConfig(**wrong)
