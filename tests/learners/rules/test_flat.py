"""Weights as one vector, and back."""

import numpy as np
import tensorflow as tf

from zoo.learners.rules.flat import flat, parted

WEIGHTS = {"kernel": tf.reshape(tf.range(12.0), [2, 3, 2]), "bias": tf.reshape(-tf.range(4.0), [2, 2])}


def test_names_come_in_order_and_every_task_keeps_its_own():
    vector = flat(WEIGHTS)
    np.testing.assert_array_equal(vector, [[0, -1, 0, 1, 2, 3, 4, 5], [-2, -3, 6, 7, 8, 9, 10, 11]])
    np.testing.assert_array_equal(flat(dict(reversed(WEIGHTS.items()))), vector)


def test_the_parts_come_back():
    back = parted(flat(WEIGHTS), WEIGHTS)
    assert back.keys() == WEIGHTS.keys()
    for name, value in WEIGHTS.items():
        np.testing.assert_array_equal(back[name], value)
