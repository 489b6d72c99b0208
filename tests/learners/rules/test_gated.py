"""The gated rule: with frozen gates it is plain descent, and only the gates and the weights are differentiated."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import CoordinatewiseGates
from zoo.learners.rules.descent import Descent
from zoo.learners.rules.gated import Gated
from zoo.learners.rules.rule import LossRule

GENERATOR = np.random.default_rng(0)
SHAPES = {"kernel": (3, 2), "bias": (2,)}


def drawn():
    return {name: tf.constant(GENERATOR.normal(size=[2, *shape]), tf.float32) for name, shape in SHAPES.items()}


def rule(feedback="sigmoid"):
    keras.utils.set_random_seed(0)
    layer = CoordinatewiseGates(units=3, feedback=feedback)
    layer.build()
    return Gated(layer)


@pytest.mark.parametrize("feedback", ["sigmoid", "logit"])
def test_with_frozen_gates_it_is_plain_descent(feedback):
    gated, weights = rule(feedback), drawn()
    for name, logit in (("input", np.log(0.01 / 0.99)), ("forget", 20.0)):
        getattr(gated.gates, f"{name}_kernel").assign(np.zeros([5, 1]))
        getattr(gated.gates, f"{name}_bias").assign([logit])
    state, moved, plain = gated.start(weights), weights, weights
    for _ in range(5):
        gradient = drawn()
        moved, state = gated.step_with_loss(tf.constant([2.0, 0.1]), gradient, state, moved)
        plain, _ = Descent(0.01).step(gradient, {}, plain)
    for name, value in plain.items():
        np.testing.assert_allclose(moved[name], value, rtol=1e-6, atol=1e-6)


def test_gradient_and_loss_are_constants_and_gates_and_weights_are_not():
    gated, weights, gradient, loss = rule(), drawn(), drawn(), tf.constant([2.0, 0.1])
    with tf.GradientTape() as tape:
        tape.watch((weights, gradient, loss))
        after, _ = gated.step_with_loss(loss, gradient, gated.start(weights), weights)
        total = tf.reduce_sum(tf.square(after["kernel"]))
    slopes = tape.gradient(total, [gradient["kernel"], loss, weights["kernel"], *gated.gates.trainable_variables])
    assert slopes[0] is None and slopes[1] is None
    assert all(np.any(slope) for slope in slopes[2:])


def test_it_is_a_rule_that_reads_the_loss():
    assert isinstance(rule(), LossRule)
    assert not isinstance(Descent(0.1), LossRule)
