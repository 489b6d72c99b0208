"""Generators of imagined examples: the identity before training, never negative, the same for the same example."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import Hallucinator, LearnedShift

X = np.abs(np.random.default_rng(0).normal(size=(2, 3, 6))).astype(np.float32)


def made(**options):
    keras.utils.set_random_seed(1)
    layer = Hallucinator(**options)
    layer.build((None, None, 6))
    return layer


def test_without_noise_it_starts_as_the_identity():
    np.testing.assert_allclose(made(draws=1, spread=0.0)(X)[:, :, 0], X, atol=1e-6)


def test_noise_enters_a_little_and_differs_from_draw_to_draw():
    imagined = made(draws=3)(X).numpy()
    away = np.abs(imagined - X[:, :, None])
    assert 0.0 < away.max() < 0.1
    assert np.abs(imagined[:, :, 0] - imagined[:, :, 1]).max() > 0.0


def test_it_is_the_papers_network():
    """Three dense layers with a ReLU after each, of an example and noise side by side."""
    layer, generator = made(draws=2), np.random.default_rng(1)
    for variable in layer.trainable_variables:
        variable.assign(generator.normal(size=variable.shape))
    beside = np.concatenate([np.stack([X] * 2, axis=2), np.zeros((2, 3, 1, 6)) + layer.noise.numpy()], axis=3)
    h = np.maximum(beside @ np.concatenate([layer.kernels[0].numpy(), layer.noise_kernel.numpy()]) + layer.biases[0].numpy(), 0)
    for kernel, bias in zip(layer.kernels[1:], layer.biases[1:], strict=True):
        h = np.maximum(h @ kernel.numpy() + bias.numpy(), 0)
    np.testing.assert_allclose(layer(X), h, rtol=1e-4, atol=1e-4)
    assert layer(X).numpy().min() >= 0.0


def test_the_same_seed_draws_the_same_noise():
    layer = made(draws=2, spread=0.5)
    tables = []
    for seed in (1, 2, 1):
        layer.draw(tf.constant([seed, 0]))
        tables.append(layer.noise.numpy())
    np.testing.assert_array_equal(tables[0], tables[2])
    assert np.abs(tables[0] - tables[1]).max() > 0.1
    assert not layer.noise.trainable


def test_a_learned_shift_is_one_vector_for_all():
    layer = LearnedShift()
    layer.build((None, None, 6))
    layer.shift.assign([-9.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    want = X.copy()
    want[..., 0], want[..., 2] = 0.0, want[..., 2] + 1.0
    np.testing.assert_allclose(layer(X)[:, :, 0], want, rtol=1e-6)


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"spread": -1.0}])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="draws"):
        Hallucinator(**wrong)
