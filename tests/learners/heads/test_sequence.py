"""The head of sequences: a query stands behind the labelled rows, in their order, and classes are known by their appearance."""

import keras
import numpy as np
import pytest

from zoo.layers import CausalAttention, TCBlock
from zoo.layers.prototypes import NO_EXAMPLE
from zoo.learners.heads.sequence import SequenceHead, labelled_first

G = np.random.default_rng(0)
X, QUERY = (G.normal(size=[1, rows, 4]).astype(np.float32) for rows in (6, 3))
LABEL = np.array([1, 0, 2, 0, 1, 1])
Y = np.eye(3, dtype=np.float32)[LABEL][None]


def size(rows):
    return np.array([rows], np.int32)


@pytest.fixture(scope="module")
def head():
    keras.utils.set_random_seed(0)
    layers = [CausalAttention(4, 3), TCBlock(8, 3), CausalAttention(3, 4)]
    shape = (None, None, 4 + 3)
    for layer in layers:
        layer.build(shape)
        shape = layer.compute_output_shape(shape)
    readout = keras.layers.Dense(3)
    readout.build(shape)
    return SequenceHead(layers, readout, 3)


def test_a_query_is_the_last_place_of_the_whole_sequence_with_a_label_of_zeros(head):
    by_appearance = [1, 0, 2]  # the class 1 is the first to appear
    labels = np.eye(3, dtype=np.float32)[[by_appearance[each] for each in LABEL]]
    got = head.logits(head.adapt(X, Y, size(6)), QUERY).numpy()
    for number in range(3):
        x = np.concatenate([np.concatenate([X[0], labels], 1), np.concatenate([QUERY[0, number], np.zeros(3)])[None]])
        x = x[None].astype(np.float32)
        for block in head.blocks:
            x = block(x)
        np.testing.assert_allclose(got[0, number], head.readout(x)[0, -1].numpy()[by_appearance], rtol=1e-4, atol=1e-5)


def test_padding_and_rows_without_a_label_are_no_places(head):
    want = head.logits(head.adapt(X, Y, size(6)), QUERY)
    x, y = np.full([1, 10, 4], np.nan, np.float32), np.zeros([1, 10, 3], np.float32)
    places = [0, 2, 3, 4, 6, 7]
    x[:, [1, 5]] = 1.0
    x[:, places], y[:, places] = X, Y
    np.testing.assert_allclose(head.logits(head.adapt(x, y, size(8)), QUERY), want, rtol=1e-4, atol=1e-5)
    parts = [
        head.adapt(np.pad(X[:, rows], [(0, 0), (0, 2), (0, 0)]), np.pad(Y[:, rows], [(0, 0), (0, 2), (0, 0)]), size(3))
        for rows in (slice(0, 3), slice(3, 6))
    ]
    np.testing.assert_allclose(head.logits(head.merge(*parts), QUERY), want, rtol=1e-4, atol=1e-5)


def test_the_order_means_something_and_the_names_of_classes_nothing(head):
    want = head.logits(head.adapt(X, Y, size(6)), QUERY).numpy()
    np.testing.assert_allclose(head.logits(head.adapt(X, Y[:, :, ::-1], size(6)), QUERY)[:, :, ::-1], want, rtol=1e-5)
    turned = head.logits(head.adapt(X[:, ::-1], Y[:, ::-1], size(6)), QUERY).numpy()
    assert np.abs(turned - want).max() > 1e-3


def test_fewer_classes_than_ways_and_room_for_more(head):
    few = head.logits(head.adapt(X[:, :2], Y[:, :2], size(2)), QUERY).numpy()
    assert (few[:, :, 2] == NO_EXAMPLE).all() and (few[:, :, :2] > NO_EXAMPLE).all()
    narrow = head.logits(head.adapt(X[:, :2], Y[:, :2, :2], size(2)), QUERY)
    np.testing.assert_allclose(narrow, few[:, :, :2], rtol=1e-5)
    wide = np.eye(5, dtype=np.float32)[[[3, 0, 2, 4, 0, 1]]]  # five classes, of which the last two to appear have no slot
    logits = head.logits(head.adapt(X, wide, size(6)), QUERY).numpy()
    assert (logits[:, :, [4, 1]] == NO_EXAMPLE).all() and (logits[:, :, [3, 0, 2]] > NO_EXAMPLE).all()
    kept = [0, 1, 2, 4]
    np.testing.assert_allclose(
        logits[:, :, [3, 0, 2]], head.logits(head.adapt(X[:, kept], wide[:, kept][:, :, [3, 0, 2]], size(4)), QUERY), rtol=1e-4
    )


def test_labelled_rows_come_first_and_keep_their_order():
    y = Y.copy()
    y[0, [0, 3]] = 0.0
    rows, labels, count = labelled_first(X, y)
    assert count.numpy().tolist() == [4]
    np.testing.assert_array_equal(rows[0], X[0, [1, 2, 4, 5, 0, 3]])
    np.testing.assert_array_equal(labels[0, :4], Y[0, [1, 2, 4, 5]])
