import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import SetEncoder

GENERATOR = np.random.default_rng(0)


@pytest.fixture(params=["max", "mean", "max+mean"])
def encoder(request):
    return SetEncoder((16, 32), (16, 4), request.param)


def test_permuted_support_gives_the_same_code(encoder, same):
    examples = GENERATOR.normal(size=(5, 9, 3)).astype(np.float32)
    sizes = np.full(5, 9, np.int32)
    for _ in range(10):
        same(encoder(examples, sizes), encoder(examples[:, GENERATOR.permutation(9)], sizes))


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


def test_the_code_of_merged_summaries_is_that_of_the_union(encoder, same):
    examples = GENERATOR.normal(size=(4, 9, 3)).astype(np.float32)
    size = lambda number: np.full(4, number, np.int32)  # noqa: E731
    want = encoder(examples, size(9))
    for at in (1, 4, 8):
        parts = (
            encoder.summary(examples[:, :at], size(at)),
            size(at),
            encoder.summary(examples[:, at:], size(9 - at)),
            size(9 - at),
        )
        same(encoder.code(encoder.merge(*parts), size(9)), want)


def test_shares_of_two_pools_are_the_mean_of_both():
    examples, size = GENERATOR.normal(size=(2, 5, 3)).astype(np.float32), np.array([5, 2], np.int32)
    encoder = SetEncoder((16, 32), (16, 4), "max+mean")
    summary = encoder.summary(examples, size)
    want = (encoder.pools[0].shares(summary, size, 5) + encoder.pools[1].shares(summary, size, 5)) / 2
    np.testing.assert_array_equal(encoder.shares(summary, size, 5), want)
    np.testing.assert_allclose(np.sum(want, axis=1), 1.0, rtol=1e-6)


def test_the_code_is_rho_of_the_pool_of_phi():
    examples, size = GENERATOR.normal(size=(2, 5, 3)).astype(np.float32), np.array([5, 5], np.int32)
    encoder = SetEncoder((16, 8), (16, 4), "max+mean")
    got, rows = encoder(examples, size), encoder.phi(examples).numpy()
    pools = np.concatenate([rows.max(axis=1), rows.mean(axis=1)], axis=1)
    np.testing.assert_allclose(got, encoder.rho(pools), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [0, -1])
def test_the_code_of_no_examples_is_that_of_an_empty_pool(encoder, size, same):
    code = encoder(np.full((2, 5, 3), np.nan, np.float32), np.array([size] * 2, np.int32))
    same(code, encoder.rho(np.zeros((2, 32 * len(encoder.pools)), np.float32)))


def test_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match="unknown mode"):
        SetEncoder(pooling="max+median")
