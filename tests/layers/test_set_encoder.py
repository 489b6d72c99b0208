import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import SetEncoder

GENERATOR = np.random.default_rng(0)


@pytest.fixture(params=["max", "mean", "max+mean"])
def encoder(request):
    return SetEncoder((16, 32), (16, 4), request.param)


def test_permuted_support_gives_the_same_code_to_the_last_bit(encoder):
    examples = GENERATOR.normal(size=(5, 9, 3)).astype(np.float32)
    sizes = np.full(5, 9, np.int32)
    for _ in range(10):
        np.testing.assert_array_equal(encoder(examples, sizes), encoder(examples[:, GENERATOR.permutation(9)], sizes))


def test_padding_full_of_nan_reaches_neither_code_nor_gradient(encoder):
    examples = GENERATOR.normal(size=(2, 6, 3)).astype(np.float32)
    sizes = np.array([6, 2], np.int32)
    padded = examples.copy()
    padded[1, 2:] = np.nan

    def code_and_gradients(rows):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(encoder(rows, sizes)))
        return loss, tape.gradient(loss, encoder.trainable_variables)

    examples[1, 2:] = 0
    want, got = code_and_gradients(examples), code_and_gradients(padded)
    for one, other in zip(tf.nest.flatten(got), tf.nest.flatten(want), strict=True):
        np.testing.assert_array_equal(one, other)


def test_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="unknown mode"):
        SetEncoder(pooling="max+median")
