"""Drawing without replacement: distinct, within bounds, every set and every order equally likely."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.datasets.episodes.choosing import distinct, distinct_in_groups, shuffled


def key(*words):
    return tf.constant(words, tf.int64)


def chi_square(counts):
    """Pearson's statistic of counts that should be equal, in standard deviations above its mean."""
    expected, freedom = np.mean(counts), np.size(counts) - 1
    return (np.sum((counts - expected) ** 2) / expected - freedom) / np.sqrt(2 * freedom)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=5), st.integers(1, 12), st.integers(0, 2**31))
def test_draws_are_distinct_and_within_bounds(counts, number, seed):
    counts = np.maximum(counts, number)
    drawn = distinct(tf.constant(counts), number, key(seed, 0)).numpy()
    assert drawn.shape == (len(counts), number)
    assert (drawn >= 0).all()
    assert (drawn < counts[:, None]).all()
    assert all(len(set(row)) == number for row in drawn.tolist())


def test_every_ordered_draw_is_equally_likely():
    drawn = distinct(tf.fill([24_000], 5), 3, key(7, 0)).numpy()
    _, counts = np.unique(drawn @ [25, 5, 1], return_counts=True)
    assert len(counts) == 5 * 4 * 3
    assert chi_square(counts) < 4


def test_all_may_be_drawn():
    assert (np.sort(distinct(tf.fill([50], 6), 6, key(1, 0)).numpy(), axis=1) == np.arange(6)).all()


def test_shuffled_keeps_each_row():
    rows = tf.reshape(tf.range(60), [3, 4, 5])
    mixed = shuffled(rows, key(1, 2)).numpy()
    assert not np.array_equal(mixed, rows)
    np.testing.assert_array_equal(np.sort(mixed, axis=-1), rows)


@pytest.mark.parametrize(("hard", "number"), [((1, 4), 4), ((1, 4), 7), ((2, 3), 6), ((2, 3), 10)])
def test_some_come_from_few_groups_and_the_rest_from_others(hard, number):
    groups = np.array([[0, 5], [7, 4], [11, 6]], np.int32)  # 5 and 6 are in groups too small to be drawn
    of = np.array([0] * 5 + [9] * 2 + [1] * 4 + [2] * 6)
    words = [key(purpose, 0) for purpose in range(4)]
    drawn = distinct_in_groups(tf.constant(groups), len(of), hard, number, (600, words)).numpy()
    assert drawn.shape == (600, number)
    for row in drawn:
        assert len(set(row.tolist())) == number
        assert sorted(np.bincount(of[row], minlength=10))[-hard[0]] >= hard[1]
    if number > hard[0] * hard[1]:
        assert set(drawn.ravel().tolist()) == set(range(len(of)))
    first = np.bincount(of[drawn[:, 0]], minlength=10)[:3]  # the order is mixed: no place is kept for a group
    assert (first > 60).all()
