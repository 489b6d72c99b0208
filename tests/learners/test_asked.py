"""The best candidate comes back as it was given."""

import numpy as np

from zoo.learners.asked import Asked


def test_the_first_of_the_best_is_chosen():
    asked = Asked.of(np.array([0.1, 0.7, 0.7], np.float32), ["a", "b", "c"])
    assert (asked.index, asked.best) == (1, "b")
    assert Asked.of(np.ones(1, np.float32), [[1.0, 2.0]]).best.tolist() == [1.0, 2.0]
