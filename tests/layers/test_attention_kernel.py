import numpy as np
import pytest

from zoo.layers import AttentionKernel, attention
from zoo.layers.attention_kernel import FIRST_SCALE, KERNELS

GENERATOR = np.random.default_rng(0)
QUERY, SUPPORT = (GENERATOR.normal(size=[2, rows, 3]).astype(np.float32) for rows in (5, 4))


def brute_force(kernel, f, g):
    cosine = f @ g / np.linalg.norm(f) / np.linalg.norm(g)
    return {"cosine": cosine, "scaled_cosine": FIRST_SCALE * cosine, "squared_euclidean": -np.square(f - g).sum(), "dot": f @ g}[
        kernel
    ]


@pytest.mark.parametrize("kernel", KERNELS)
def test_similarities_are_those_of_every_pair(kernel):
    similarity = AttentionKernel(kernel)(QUERY, SUPPORT)
    for task, row, other in np.ndindex(2, 5, 4):
        want = brute_force(kernel, QUERY[task, row], SUPPORT[task, other])
        np.testing.assert_allclose(similarity[task, row, other], want, rtol=1e-4, atol=1e-4)


def test_attention_is_a_softmax_over_real_rows():
    similarity = AttentionKernel("dot")(QUERY, SUPPORT).numpy()
    weights = attention(similarity, np.array([[True, True, False, True]] * 2))
    odds = np.exp(similarity) * [1, 1, 0, 1]
    np.testing.assert_allclose(weights, odds / odds.sum(axis=2, keepdims=True), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(attention(similarity, np.zeros([2, 4], bool)), np.zeros_like(similarity))


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ValueError, match="choose one of 'cosine'"):
        AttentionKernel("gaussian")


def test_padding_gets_no_weight_however_large_its_similarity_or_nan():
    for padding in (50.0, np.nan):
        weights = attention(np.array([[[1.0, padding, 1.0]]], np.float32), np.array([[True, False, True]]))
        np.testing.assert_array_equal(weights, [[[0.5, 0.0, 0.5]]])
