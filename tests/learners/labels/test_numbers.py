"""Numbers: the mean square, and slopes that fit float32."""

import numpy as np
import pytest
import tensorflow as tf

from zoo import ZooError
from zoo.learners.labels import Numbers
from zoo.learners.labels.numbers import LARGEST_ERROR


def test_squares_of_the_slope_of_huge_numbers_fit_float32():
    answers, encoded = np.full([1, 1, 1], 3e38, np.float32), np.full([1, 1, 1], -3e38, np.float32)
    slope = Numbers().slope(tf.constant(answers), tf.constant(encoded), tf.constant([1])).numpy()
    assert slope[0, 0, 0] == np.float32(2 * LARGEST_ERROR)
    assert np.isfinite(np.square(slope))


def test_the_error_of_numbers_is_the_mean_square():
    answers, labels = np.zeros([2, 3, 2]), np.array([[[1.0, 2.0]] * 3, [[0.0, 0.0]] * 3])
    np.testing.assert_array_equal(Numbers(2).error(answers, labels), [2.5, 0.0])


@pytest.mark.parametrize("y", [[[1.0], [1.0, 2.0]], ["elm", "\u65e5".encode()], [1.0, [2.0]]])
def test_what_is_no_array_of_numbers_is_refused_in_words(y):
    with pytest.raises(ZooError, match="y is not an array of numbers"):
        Numbers().encode(y, Numbers().given(y))
