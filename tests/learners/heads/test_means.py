"""Class means by hand: transformed rows, classes without examples, and means of two sets together."""

import numpy as np
import tensorflow as tf

from zoo.layers.prototypes import NO_EXAMPLE, PrototypeLogits
from zoo.learners.heads.means import Means
from zoo.learners.ways import pad_ways

X = np.array([[[1.0, 2.0], [3.0, 4.0], [-1.0, 0.0], [9.0, 9.0]]], np.float32)
Y = np.array([[[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]], np.float32)  # the last row has no label, the second class no example
QUERY = np.array([[[2.0, 3.0], [0.0, 0.0]]], np.float32)
SIZE = np.array([4], np.int32)
HEAD = Means(PrototypeLogits())


def test_a_prototype_is_the_mean_of_its_examples_and_a_logit_minus_its_squared_distance():
    task = HEAD.adapt(X, Y, SIZE)
    np.testing.assert_allclose(task["prototype"], [[[2, 3], [0, 0], [-1, 0]]])
    np.testing.assert_array_equal(task["count"], [[2, 0, 1]])
    want = [[[0, NO_EXAMPLE, -18], [-13, NO_EXAMPLE, -1]]]
    np.testing.assert_allclose(HEAD.logits(task, QUERY), want, atol=1e-5)


def test_rows_and_queries_are_transformed_alike():
    head = Means(PrototypeLogits(), lambda rows: tf.square(rows))
    np.testing.assert_allclose(head.adapt(X, Y, SIZE)["prototype"][0, 0], [5, 10])
    want = HEAD.logits(HEAD.adapt(X**2, Y, SIZE), QUERY**2)
    np.testing.assert_allclose(head.logits(head.adapt(X, Y, SIZE), QUERY), want, rtol=1e-5)


def test_two_sets_together_have_the_means_of_all_examples():
    parts = [HEAD.adapt(X[:, rows], Y[:, rows], np.array([count], np.int32)) for rows, count in (([0, 2], 2), ([1, 3], 2))]
    for name, value in HEAD.adapt(X, Y, SIZE).items():
        np.testing.assert_allclose(HEAD.merge(*parts)[name], value, rtol=1e-6)


def test_a_new_class_has_no_example_yet():
    wider = pad_ways({name: value.numpy() for name, value in HEAD.adapt(X, Y, SIZE).items()}, HEAD.task_axes(), 4)
    assert wider["prototype"].shape == (1, 4, 2)
    np.testing.assert_array_equal(wider["count"], [[2, 0, 1, 0]])
    assert HEAD.task_axes() == {"prototype": ("tasks", "ways", None), "count": ("tasks", "ways")}
