"""Classes by their first appearance: whatever their names, and the same ones as rows go on coming."""

import numpy as np

from zoo.learners.appearance import appearance

LABEL = np.array([1, 0, 2, 0, 1, 1])
Y = np.eye(3, dtype=np.float32)[LABEL][None]


def test_classes_are_counted_as_they_come():
    np.testing.assert_array_equal(appearance(Y, 3)[0], np.eye(3)[[1, 0, 2]])
    np.testing.assert_array_equal(appearance(Y[:, :1], 3)[0], [[0, 0, 0], [1, 0, 0], [0, 0, 0]])
    both = np.array([[[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]], np.float32)  # two in one row: the first column is first
    np.testing.assert_array_equal(appearance(both, 2)[0], [[0, 0], [1, 0], [0, 1]])


def test_those_that_are_known_keep_their_slots_in_any_parts():
    for first in range(1, 6):
        known = appearance(Y[:, :first], 3)
        np.testing.assert_array_equal(appearance(Y[:, first:], 3, known), appearance(Y, 3))


def test_of_too_many_classes_the_last_to_appear_have_none():
    y = np.eye(4, dtype=np.float32)[[[3, 1, 0, 2]]]
    np.testing.assert_array_equal(appearance(y, 2)[0], [[0, 0], [0, 1], [0, 0], [1, 0]])
    np.testing.assert_array_equal(appearance(y[:, 2:], 2, appearance(y[:, :2], 2)), appearance(y, 2))


def test_rows_without_a_label_show_no_class():
    y = Y.copy()
    y[0, [0, 4, 5]] = 0.0
    np.testing.assert_array_equal(appearance(y, 3)[0], [[1, 0, 0], [0, 0, 0], [0, 1, 0]])
