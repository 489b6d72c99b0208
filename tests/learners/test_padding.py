"""Rows of padding are cleared whatever they hold, and sizes that are none are brought within 1 and N."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.padding import clamped, clear_rows


@pytest.mark.parametrize(
    ("size", "want"), [(0, 1), (-1, 1), (-(2**31), 1), (1, 1), (3, 3), (4, 4), (5, 4), (2**31 - 1, 4)], ids=str
)
def test_a_size_is_within_one_and_the_rows(size, want):
    assert clamped(tf.constant([size]), tf.zeros([1, 4, 2])).numpy().tolist() == [want]


def test_every_task_is_clamped_on_its_own_in_a_graph_of_any_shape():
    graph = tf.function(clamped, input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, None, 2])])
    assert graph([0, 2, 9], tf.zeros([3, 3, 2])).numpy().tolist() == [1, 2, 3]


@pytest.mark.parametrize("inner", [(2,), (2, 2), (2, 3, 1)], ids=str)
def test_rows_of_any_shape_are_cleared(inner):
    x = np.full((2, 3, *inner), np.nan, np.float32)
    x[0, :2], x[1, :1] = 1.0, 2.0
    for rows in (x, tf.constant(x)):
        np.testing.assert_array_equal(clear_rows(rows, np.array([2, 1], np.int32)), np.nan_to_num(x))


def test_rows_of_an_unknown_inner_shape_are_cleared_in_a_graph():
    signature = [tf.TensorSpec([None, None, None, 2]), tf.TensorSpec([None], tf.int32)]
    got = tf.function(clear_rows, input_signature=signature)(tf.ones([1, 3, 4, 2]), [1])
    assert got.numpy().sum(axis=(2, 3)).tolist() == [[8, 0, 0]]
