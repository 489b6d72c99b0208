"""Steps on an embedded support: those of another refiner, with one embedding however many there are."""

import numpy as np
import tensorflow as tf

from zoo.learners.fine_tuning import RuleRefiner, fine_tuned
from zoo.learners.rules.descent import Descent
from zoo.learners.steps_on_embedded import StepsOnEmbedded


def mean_of(embedded, steps, rate=0.1):
    """Gradient steps of half the mean squared distance of one number to the embedded examples, from zero."""
    at = 0.0
    for _ in range(steps):
        at -= rate * (at - embedded.mean())
    return at


def test_steps_are_those_on_the_embedded_support_which_is_embedded_once():
    calls = []

    def embed(x):
        calls.append(x.shape)
        return 3.0 * x

    inner = RuleRefiner(
        begin=lambda x, y, size: {"at": tf.zeros([len(x), 1])},
        predict=lambda moved, x, size: tf.expand_dims(moved["at"], 1) - x,
        finish=lambda moved, x, size: {**moved, "seen": x},
        slope=lambda answers, y, size: answers / answers.shape[1],
        rule=Descent(0.1),
    )
    x = np.array([[[1.0], [2.0]], [[3.0], [5.0]]], np.float32)
    support = x, np.zeros_like(x), np.array([2, 2], np.int32)
    task = fine_tuned(StepsOnEmbedded(embed, inner), *support, np.array([1, 4], np.int32))
    assert len(calls) == 1
    np.testing.assert_allclose(task["at"][:, 0], [mean_of(3 * x[0], 1), mean_of(3 * x[1], 4)], rtol=1e-5)
    np.testing.assert_array_equal(task["seen"], 3 * x)
