"""Room for classes without examples: zeros at the end of every axis of classes."""

import numpy as np
import pytest

from zoo.learners.ways import pad_ways

AXES = {"prototype": ("tasks", "ways", None), "label": ("tasks", "kept", "ways"), "context": ("tasks",)}
LEARNED = {"prototype": np.ones([1, 2, 3]), "label": np.ones([1, 4, 2]), "context": np.ones([1, 4, 2])}


def test_every_axis_of_classes_is_padded_and_no_other():
    padded = pad_ways(LEARNED, AXES, 4)
    np.testing.assert_array_equal(padded["prototype"], [[[1] * 3, [1] * 3, [0] * 3, [0] * 3]])
    np.testing.assert_array_equal(padded["label"], [[[1, 1, 0, 0]] * 4])
    np.testing.assert_array_equal(padded["context"], LEARNED["context"])


def test_classes_are_not_taken_away():
    with pytest.raises(ValueError, match="negative"):
        pad_ways(LEARNED, AXES, 1)
