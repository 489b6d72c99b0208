"""Derivatives of losses fit float32; that they are derivatives is held over every kind of label, in `labels/test_labels.py`."""

import numpy as np
import tensorflow as tf

from zoo.learners import losses


def test_squares_of_the_slope_of_huge_numbers_fit_float32():
    answers, encoded = np.full([1, 1, 1], 3e38, np.float32), np.full([1, 1, 1], -3e38, np.float32)
    slope = losses.squared_error_slope(tf.constant(answers), tf.constant(encoded), tf.constant([1])).numpy()
    assert slope[0, 0, 0] == np.float32(2 * losses.LARGEST_ERROR)
    assert np.isfinite(np.square(slope))
