"""Random quadratics: their distribution, their loss, and what is scored of a run."""

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees.quadratics import Quadratic, Quadratics


def test_the_loss_is_the_square_of_what_is_left():
    w, y, weights = np.eye(2, dtype=np.float32)[None], np.float32([[1.0, 2.0]]), np.float32([[3.0, 3.0]])
    assert Quadratic(2).loss(tf.constant(weights), {"w": tf.constant(w), "y": tf.constant(y)}, 7).numpy() == [5.0]


def test_instances_are_standard_normal():
    drawn = Quadratics().draw(2_000, 1)
    assert drawn.w.shape == (2_000, 10, 10) and drawn.y.shape == (2_000, 10)
    for part in (drawn.w, drawn.y):
        assert abs(part.mean()) < 0.02 and abs(part.std() - 1.0) < 0.02
    assert list(drawn.inputs) == ["start", "optimizee", "w", "y"]


def test_a_run_is_scored_by_its_last_loss_first():
    answers = np.arange(2 * 101.0).reshape(2, 101)
    found = Quadratics().score(answers, Quadratics().draw(2, 1))
    assert [condition for condition, _ in found] == [{"updates": at} for at in (100, 10, 20, 50)]
    np.testing.assert_array_equal(found[0][1], [100.0, 201.0])
    np.testing.assert_array_equal(found[1][1], [10.0, 111.0])
