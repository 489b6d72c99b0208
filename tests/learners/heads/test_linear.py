"""A linear classifier of kept rows: the refiner's steps, taken again from all rows when two sets come together."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.prototypes import NO_EXAMPLE
from zoo.learners.fine_tuning import fine_tuned
from zoo.learners.heads.linear import Linear
from zoo.learners.heads.linear_refiner import LinearRefiner
from zoo.learners.ways import pad_ways

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=[2, 6, 4]).astype(np.float32)
Y = np.eye(4, dtype=np.float32)[np.array([[0, 1, 2, 0, 1, 1], [2, 2, 1, 0, 0, 1]])]  # no example of the fourth class
SIZE = np.array([6, 4], np.int32)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=2, keepdims=True)


@pytest.fixture(params=[True, False], ids=["unit", "as they are"])
def head(request):
    return Linear(steps=5, learning_rate=None, penalty=1.0, unit=request.param)


def test_adapt_takes_the_steps_of_the_refiner(head):
    seen = unit(X) if head.unit else X
    want = fine_tuned(LinearRefiner(tf.identity, tf.identity, None, 1.0), seen, Y, SIZE, np.array([5, 5], np.int32))
    task = head.adapt(X, Y, SIZE)
    for name in ("kernel", "bias"):
        np.testing.assert_allclose(task[name], want[name], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(task["embedded"][0], X[0])
    assert list(head.refiners(head.adapt, tf.identity)) == ["head"]
    assert head.adapt_steps == 5


def test_logits_are_linear_and_a_class_without_an_example_is_never_chosen(head):
    task = head.adapt(X, Y, SIZE)
    seen = unit(X) if head.unit else X
    want = seen @ task["kernel"].numpy() + task["bias"].numpy()[:, None]
    got = head.logits(task, X).numpy()
    np.testing.assert_allclose(got[..., :3], want[..., :3], rtol=1e-4, atol=1e-5)
    assert np.all(got[..., 3] == np.float32(NO_EXAMPLE))


def test_two_sets_together_are_learned_again_from_all_rows(head):
    parts = [head.adapt(X[:1, rows], Y[:1, rows], np.array([3], np.int32)) for rows in (slice(0, 3), slice(3, 6))]
    whole, both = head.adapt(X[:1], Y[:1], np.array([6], np.int32)), head.merge(*parts)
    for name, value in whole.items():
        np.testing.assert_allclose(both[name], value, rtol=1e-4, atol=1e-5)


def test_a_new_class_has_weights_of_zero(head):
    wider = pad_ways({name: value.numpy() for name, value in head.adapt(X, Y, SIZE).items()}, head.task_axes(), 6)
    assert {name: value.shape[-1] for name, value in wider.items()} == {"embedded": 4, "label": 6, "kernel": 6, "bias": 6}
    assert not wider["kernel"][..., 4:].any()
    assert set(head.task_axes()) == set(wider)
