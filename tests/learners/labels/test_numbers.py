"""Numbers: the mean square."""

import numpy as np
import pytest

from zoo import ZooError
from zoo.learners.labels import Numbers


def test_the_error_of_numbers_is_the_mean_square():
    answers, labels = np.zeros([2, 3, 2]), np.array([[[1.0, 2.0]] * 3, [[0.0, 0.0]] * 3])
    np.testing.assert_array_equal(Numbers(2).error(answers, labels), [2.5, 0.0])


@pytest.mark.parametrize("y", [[[1.0], [1.0, 2.0]], ["elm", "\u65e5".encode()], [1.0, [2.0]]])
def test_what_is_no_array_of_numbers_is_refused_in_words(y):
    with pytest.raises(ZooError, match="y is not an array of numbers"):
        Numbers().encode(y, Numbers().given(y))
