"""Votes of examples: shares that add up to one, in logarithms, with and without a context."""

import keras
import numpy as np
import pytest

from zoo.layers import AttentionKernel, QueryContext, SupportContext
from zoo.learners.heads.pair_losses import pair_loss
from zoo.learners.heads.votes import FullContext, Votes

GENERATOR = np.random.default_rng(0)
X, QUERY = (GENERATOR.normal(size=[1, rows, 4]).astype(np.float32) for rows in (6, 3))
LABEL = np.array([0, 1, 2, 0, 1, 1])
Y = np.eye(3, dtype=np.float32)[LABEL][None]
SIZE = np.array([6], np.int32)


@pytest.fixture(scope="module")
def kernel():
    layer = AttentionKernel("squared_euclidean")
    layer.build((None, None, 1))
    return layer


@pytest.fixture(scope="module")
def context():
    keras.utils.set_random_seed(0)
    layers = SupportContext(), QueryContext(2)
    for layer in layers:
        layer.build((None, None, 4))
    return FullContext(*layers)


@pytest.fixture(params=["plain", "context"])
def head(request, kernel, context):
    return Votes(kernel, context=context if request.param == "context" else None)


def shares(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


def test_a_probability_is_the_share_of_the_attention(head):
    task = head.adapt(X, Y, SIZE)
    attention = head.attention(task, QUERY).numpy()[0]
    np.testing.assert_allclose(attention.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(shares(head.logits(task, QUERY)[0].numpy()), attention @ Y[0], rtol=1e-4, atol=1e-6)


def test_attention_of_squared_distances_is_the_softmax_over_examples(kernel):
    head = Votes(kernel)
    distance = np.square(QUERY[0][:, None] - X[0]).sum(axis=2)
    np.testing.assert_allclose(head.attention(head.adapt(X, Y, SIZE), QUERY)[0], shares(-distance), rtol=1e-3, atol=1e-6)


def test_a_vote_too_small_for_float32_still_has_a_logarithm(kernel):
    x = np.array([[[0.0], [20.0]]], np.float32)
    head = Votes(kernel)
    task = head.adapt(x, np.eye(2, dtype=np.float32)[None], np.array([2], np.int32))
    np.testing.assert_allclose(head.logits(task, x[:, :1]), [[[0.0, -400.0]]], rtol=1e-5, atol=1e-4)


def test_padding_has_no_attention_and_two_sets_together_are_all_examples(head):
    padded = np.concatenate([X, np.full([1, 2, 4], np.nan, np.float32)], axis=1), np.pad(Y, [(0, 0), (0, 2), (0, 0)])
    task, want = head.adapt(*padded, SIZE), head.adapt(X, Y, SIZE)
    assert not head.attention(task, QUERY)[0, :, 6:].numpy().any()
    np.testing.assert_allclose(head.logits(task, QUERY), head.logits(want, QUERY), rtol=1e-4, atol=1e-5)
    parts = [head.adapt(X[:, rows], Y[:, rows], np.array([3], np.int32)) for rows in (slice(0, 3), slice(3, 6))]
    np.testing.assert_allclose(head.logits(head.merge(*parts), QUERY), head.logits(want, QUERY), rtol=1e-4, atol=1e-5)


def test_a_context_neither_sees_the_order_nor_the_names_of_classes(kernel, context):
    head = Votes(kernel, context=context)
    want, order = head.adapt(X, Y, SIZE)["context"].numpy(), [3, 0, 5, 1, 4, 2]
    np.testing.assert_allclose(head.adapt(X[:, order], Y[:, order], SIZE)["context"], want[:, order], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(head.adapt(X, Y[:, :, ::-1], SIZE)["context"], want, rtol=1e-6)
    assert list(head.task_axes()) == ["embedded", "label", "context"]
    assert list(Votes(kernel).task_axes()) == ["embedded", "label"]


def test_training_adds_the_loss_of_pairs_by_its_weight(kernel):
    (loss,) = Votes(kernel, pairs=0.5).auxiliary_losses(X, Y, SIZE)
    assert float(loss) == pytest.approx(0.5 * float(pair_loss(kernel(X, X), Y, SIZE)), rel=1e-6)
    assert Votes(kernel).auxiliary_losses(X, Y, SIZE) == []
