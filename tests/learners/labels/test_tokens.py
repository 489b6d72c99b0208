"""Tokens: a sequence is right as a whole or wrong."""

import numpy as np

from zoo.learners.labels import Tokens


def test_a_sequence_is_right_to_its_last_token_or_wrong():
    label = np.eye(4)[[[[0, 1], [2, 3]]]]
    answers = label.copy()
    answers[0, 1, 1] = [1, 0, 0, 0]
    np.testing.assert_array_equal(Tokens(2, 4).error(label, label), [0.0])
    np.testing.assert_array_equal(Tokens(2, 4).error(answers, label), [0.5])
