"""The embedded support kept as it is: padding as zeros, more rows beside it, and room for classes."""

import numpy as np

from zoo.learners.heads.nearest import Nearest
from zoo.learners.ways import pad_ways

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=[1, 5, 4]).astype(np.float32)
Y = np.eye(3, dtype=np.float32)[[[0, 1, 2, 0, 1]]]
HEAD = Nearest()


def size(rows):
    return np.array([rows], np.int32)


def test_padding_is_kept_as_zeros_and_counts_for_nothing():
    x, y = X.copy(), Y.copy()
    x[:, 3:], y[:, 3:] = np.nan, np.inf
    task, alone = HEAD.adapt(x, y, size(3)), HEAD.adapt(X[:, :3], Y[:, :3], size(3))
    for name, part in task.items():
        np.testing.assert_array_equal(part[:, 3:], np.zeros_like(part[:, 3:]))
        np.testing.assert_array_equal(part[:, :3], alone[name])
    np.testing.assert_allclose(HEAD.logits(task, X[:, :2]), HEAD.logits(alone, X[:, :2]), rtol=1e-5, atol=1e-6)


def test_rows_without_a_label_and_labels_below_zero_count_for_nothing():
    y = Y.copy()
    y[:, 1], y[:, 4] = 0.0, [-1.0, 0.0, 0.0]
    kept = [0, 2, 3]
    want = HEAD.logits(HEAD.adapt(X[:, kept], Y[:, kept], size(3)), X)
    np.testing.assert_allclose(HEAD.logits(HEAD.adapt(X, y, size(5)), X), want, rtol=1e-5, atol=1e-6)


def test_two_tasks_together_are_the_rows_of_both():
    parts = [HEAD.adapt(X[:, rows], Y[:, rows], size(rows.stop - rows.start)) for rows in (slice(0, 2), slice(2, 5))]
    for name, value in HEAD.adapt(X, Y, size(5)).items():
        np.testing.assert_array_equal(HEAD.merge(*parts)[name], value)


def test_a_new_class_makes_room_in_the_labels():
    learned = {"embedded": np.ones([1, 2, 4]), "label": np.ones([1, 2, 3])}
    wider = pad_ways(learned, HEAD.task_axes(), 5)
    assert wider["label"].shape == (1, 2, 5)
    assert wider["label"][:, :, 3:].sum() == 0
    np.testing.assert_array_equal(wider["embedded"], learned["embedded"])
    assert HEAD.task_axes() == {"embedded": ("tasks", "kept", None), "label": ("tasks", "kept", "ways")}
