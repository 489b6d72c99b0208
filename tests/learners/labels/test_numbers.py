"""Numbers: the mean square."""

import numpy as np

from zoo.learners.labels import Numbers


def test_the_error_of_numbers_is_the_mean_square():
    answers, labels = np.zeros([2, 3, 2]), np.array([[[1.0, 2.0]] * 3, [[0.0, 0.0]] * 3])
    np.testing.assert_array_equal(Numbers(2).error(answers, labels), [2.5, 0.0])
