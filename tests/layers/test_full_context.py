import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import QueryContext, SupportContext, canonical_order

GENERATOR = np.random.default_rng(0)
WIDTH = 4
ROWS = GENERATOR.normal(size=[2, 6, WIDTH]).astype(np.float32)
SIZES = np.array([6, 3], np.int32)


def keras_lstm(kernel, recurrent, bias, backwards):
    layer = keras.layers.LSTM(WIDTH, return_sequences=True, go_backwards=backwards)
    layer.build((None, None, WIDTH))
    layer.set_weights([kernel, recurrent, bias])
    return layer


def test_support_context_is_two_lstms_and_the_rows_themselves():
    layer = SupportContext()
    got = layer(ROWS, SIZES)
    weights = [[part.numpy() for part in cell] for cell in layer.cells]
    forward, backward = (keras_lstm(*each, backwards) for each, backwards in zip(weights, (False, True), strict=True))
    for task, size in enumerate(SIZES):
        rows = ROWS[task : task + 1, :size]
        want = forward(rows) + tf.reverse(backward(rows), [1]) + rows
        np.testing.assert_allclose(got[task, :size], want[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(got[1, 3:], 0)


def test_padding_does_not_reach_the_support_whatever_it_holds():
    layer = SupportContext()
    garbage = ROWS.copy()
    garbage[1, 3:] = np.nan
    np.testing.assert_array_equal(layer(garbage, SIZES), layer(ROWS, SIZES))


def test_query_context_is_steps_of_an_lstm_that_reads_the_support():
    layer = QueryContext(steps=3)
    query = GENERATOR.normal(size=[2, 5, WIDTH]).astype(np.float32)
    real = (np.arange(6) < SIZES[:, None]).astype(np.float32)
    got = layer(query, ROWS, real)
    cell = keras.layers.LSTMCell(WIDTH)
    cell.build((None, 2 * WIDTH))
    cell.set_weights([part.numpy() for part in (layer.kernel, layer.recurrent, layer.bias)])
    for task, size in enumerate(SIZES):
        support, x = ROWS[task, :size], query[task]
        hidden, memory = tf.constant(x), tf.zeros_like(x)
        for _ in range(3):
            read = tf.nn.softmax(hidden @ support.T) @ support
            after, (_, memory) = cell(tf.concat([x, read], 1), [hidden, memory])
            hidden = after + x
        np.testing.assert_allclose(got[task], hidden, rtol=1e-4, atol=1e-5)


def test_the_order_of_rows_matters_but_the_canonical_one_does_not_depend_on_it():
    layer, turned = SupportContext(), ROWS[:, ::-1]
    full = np.array([6, 6], np.int32)
    assert np.abs(layer(turned, full)[:, ::-1] - layer(ROWS, full)).max() > 1e-3
    answers = []
    for rows in (ROWS, turned):
        order, back = canonical_order(tf.constant(rows), tf.fill([2, 6], True))
        context = layer(tf.gather(rows, order, batch_dims=1), full)
        answers.append(tf.gather(context, back, batch_dims=1).numpy())
    np.testing.assert_allclose(answers[1][:, ::-1], answers[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("real", [[True, False, True, True], [False, False, True, False]])
def test_padding_comes_last(real):
    rows = tf.constant(GENERATOR.normal(size=[1, 4, WIDTH]), tf.float32)
    order, back = canonical_order(rows, tf.constant([real]))
    first = np.array(order[0])[: sum(real)]
    assert set(first) == set(np.flatnonzero(real))
    totals = tf.reduce_sum(rows[0], axis=1).numpy()[first]
    assert (np.diff(totals) <= 0).all()
    np.testing.assert_array_equal(tf.gather(order[0], back[0]), np.arange(4))


def test_equal_rows_keep_their_order():
    order, _ = canonical_order(tf.ones([1, 4, WIDTH]), tf.constant([[True, False, True, True]]))
    np.testing.assert_array_equal(order, [[0, 2, 3, 1]])


def test_padding_does_not_reach_the_queries_whatever_it_holds():
    layer, query, real = QueryContext(), ROWS[:, :2], (np.arange(6) < SIZES[:, None]).astype(np.float32)
    garbage = ROWS.copy()
    garbage[1, 3:] = np.nan
    np.testing.assert_array_equal(layer(query, garbage, real), layer(query, ROWS, real))


def test_without_steps_the_queries_are_returned_unchanged():
    np.testing.assert_array_equal(QueryContext(steps=0)(ROWS[:, :2], ROWS, np.ones([2, 6], np.float32)), ROWS[:, :2])


@pytest.mark.parametrize("size", [0, -1])
def test_the_context_of_no_rows_is_zeros(size):
    np.testing.assert_array_equal(SupportContext()(ROWS, np.array([size] * 2, np.int32)), np.zeros_like(ROWS))


def test_a_support_size_above_the_rows_means_all_of_them():
    layer = SupportContext()
    np.testing.assert_array_equal(layer(ROWS, np.array([9, 9], np.int32)), layer(ROWS, np.array([6, 6], np.int32)))
