"""What an array of a learned task must be, read off a graph's output."""

import numpy as np
import tensorflow as tf

from zoo.learners.array_spec import ArraySpec


def test_axes_have_their_sizes_and_names_as_far_as_they_are_named():
    found = ArraySpec.of(tf.TensorSpec([None, None, 4], tf.float32), ("tasks", "ways"))
    assert found == ArraySpec("float32", (None, 4), ("ways", None))
    assert ArraySpec.of(tf.TensorSpec([None], tf.int32), ("tasks",)) == ArraySpec("int32", (), ())


def test_zeros_are_empty_along_an_axis_of_any_size():
    np.testing.assert_array_equal(ArraySpec("int32", (2,), (None,)).zeros(), np.zeros([1, 2], np.int32))
    assert ArraySpec("float32", (None, 4), ("ways", None)).zeros().shape == (1, 0, 4)
