import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import FusedBatchNormalization
from zoo.layers.folded_normalization import folded, folds


def layers(strides=1, channels=2, dtype="float32"):
    """A convolution and a normalisation for pictures of 9 x 8 pixels, with weights of all signs."""
    keras.utils.set_random_seed(4)
    convolution = keras.layers.Conv2D(6, 3, strides=strides, padding="same", use_bias=False, dtype=dtype)
    normalisation = FusedBatchNormalization(0.7, epsilon=1e-3, dtype=dtype)
    convolution.build((None, 9, 8, channels))
    normalisation.build(convolution.compute_output_shape((None, 9, 8, channels)))
    normalisation.gamma.assign([1.0, -2.0, 0.5, 0.0, 3.0, -1.0])
    normalisation.beta.assign([0.0, 1.0, -1.0, 2.0, 0.5, 0.1])
    return convolution, normalisation


@pytest.mark.parametrize("strides", [1, 2])
def test_is_the_two_layers_with_their_gradients_and_averages(strides):
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(1.0, 2.0, [5, 9, 8, 2]), tf.float32)
    found = []
    for fold in (True, False):
        convolution, normalisation = layers(strides)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.add(*folded(convolution, normalisation, x)) if fold else normalisation(convolution(x), training=True)
            loss = tf.reduce_sum(tf.sin(y))
        gradients = tape.gradient(loss, [x, convolution.kernel, normalisation.gamma, normalisation.beta])
        found.append([y, *gradients, *normalisation.get_weights()])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=2e-4)


def test_pictures_of_half_precision_give_moments_of_single_precision():
    x = np.random.default_rng(0).uniform(size=[40, 9, 8, 1]).astype(np.float32)
    convolution, normalisation = layers(channels=1)
    half, its_normalisation = layers(channels=1, dtype="mixed_bfloat16")
    maps, offset = folded(half, its_normalisation, tf.cast(x, tf.bfloat16))
    assert maps.dtype == offset.dtype == tf.bfloat16
    expected = normalisation(convolution(x), training=True)
    np.testing.assert_allclose(tf.cast(maps + offset, tf.float32), expected, atol=0.06)
    np.testing.assert_allclose(its_normalisation.moving_variance, normalisation.moving_variance, rtol=1e-2)


def test_folds_where_the_inputs_are_far_fewer_than_the_outputs():
    first, wide = keras.layers.Conv2D(32, 3), keras.layers.Conv2D(64, 3)
    assert folds(first, 1)
    assert folds(wide, 2)
    assert not folds(first, 3)
    assert not folds(wide, 64)
