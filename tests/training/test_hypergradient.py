"""Hypergradients equal those of automatic differentiation and of finite differences, and memory does not grow with steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.training.hypergradient import Schedule, descend, reverse
from zoo.utils.errors import ZooError

G = np.random.default_rng(0)
WIDTHS, STEPS = (3, 5, 2), 6
SIZES = [3 * 5, 5, 5 * 2, 2]
GROUP = np.repeat(np.arange(4), SIZES)
X, Y = G.normal(size=(STEPS + 1, 8, 3)), G.normal(size=(STEPS + 1, 8, 2))
W = 0.7 * G.normal(size=sum(SIZES))


def loss(w, step):
    """Of a network of one hidden layer, on the examples of a step; those of the last one are new."""
    parts = tf.split(w, SIZES)
    hidden = tf.tanh(X[step] @ tf.reshape(parts[0], (3, 5)) + parts[1])
    return tf.reduce_mean(tf.square(hidden @ tf.reshape(parts[2], (5, 2)) + parts[3] - Y[step]))


def gradient(w, step):
    w = tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = loss(w, step)
    return tape.gradient(value, w).numpy()


def product(w, step, vector):
    w = tf.constant(w)
    with tf.GradientTape() as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            value = loss(w, step)
        along = tf.reduce_sum(inner.gradient(value, w) * vector)
    return outer.gradient(along, w).numpy()


def schedule(momentum=0.75):
    return Schedule(np.random.default_rng(1).uniform(0.2, 1.0, (STEPS, 4)), np.full((STEPS, 4), momentum), GROUP)


def hypergradients(plan):
    end = descend(W, gradient, plan)
    return end, reverse(end, gradient(end.weights, STEPS), gradient, product, plan)


def unrolled(plan):
    """The same derivatives by TensorFlow, through all steps at once."""
    rates, momenta, start = tf.constant(plan.rates), tf.constant(plan.momenta), tf.constant(W)
    with tf.GradientTape() as tape:
        tape.watch([rates, momenta, start])
        w, v = start, tf.zeros_like(start)
        for step in range(STEPS):
            with tf.GradientTape() as inner:
                inner.watch(w)
                value = loss(w, step)
            keep = tf.gather(momenta[step], GROUP)
            v = keep * v - (1.0 - keep) * inner.gradient(value, w)
            w = w + tf.gather(rates[step], GROUP) * v
        end = loss(w, STEPS)
    return [part.numpy() for part in tape.gradient(end, [rates, momenta, start])]


def test_they_are_those_of_automatic_differentiation():
    end, found = hypergradients(schedule())
    for got, want in zip((found.rates, found.momenta, found.start), unrolled(schedule()), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-8 * np.abs(want).max())
    np.testing.assert_allclose(end.weights, W, atol=1e-15)  # it is back where it started from
    assert not end.velocity.any()


def test_they_are_those_of_finite_differences():
    plan, (_, found) = schedule(), hypergradients(schedule())

    def ends_at(rates):
        return float(loss(tf.constant(descend(W, gradient, Schedule(rates, plan.momenta, GROUP)).weights), STEPS))

    for place in ((0, 0), (3, 2), (STEPS - 1, 3)):
        nudge = np.zeros_like(plan.rates)
        nudge[place] = 1e-4
        slope = (ends_at(plan.rates + nudge) - ends_at(plan.rates - nudge)) / 2e-4
        assert found.rates[place] == pytest.approx(slope, rel=1e-2)


def test_rates_of_the_steps_of_maml_are_learned_by_them_as_by_backpropagation():
    """Three inner steps with next to no momentum are those of MAML: rates by layer and step are MAML++'s."""
    rates = np.zeros((STEPS, 4))
    rates[:3] = 0.3
    plan = Schedule(rates, np.full((STEPS, 4), 1.0 / 1024), GROUP)
    np.testing.assert_allclose(hypergradients(plan)[1].rates[:3], unrolled(plan)[0][:3], rtol=1e-4)


def test_memory_is_that_of_the_remainders_alone():
    kept = []
    for repeat in (1, 20):
        plan = Schedule(np.full((STEPS * repeat, 1), 0.05), np.full((STEPS * repeat, 1), 0.5), np.zeros(len(W), int))
        end = descend(W, lambda w, step: gradient(w, step % STEPS), plan)
        kept.append(end.remainders.nbytes)
    assert kept[0] == 8 * len(W)
    assert kept[1] == 2 * 8 * len(
        W
    )  # 120 steps at one bit each are two words of 62 bits, and 120 copies of weights were 120 words


def test_a_schedule_of_other_groups_is_refused():
    with pytest.raises(ZooError, match=r"rates \(6, 3\).*4 groups"):
        Schedule(np.ones((6, 3)), np.ones((6, 3)), GROUP)


def test_learning_rates_by_them_learns_faster():
    keras.utils.set_random_seed(0)
    log_rates = np.full((STEPS, 4), -1.0)
    losses = []
    for _ in range(15):
        plan = Schedule(np.exp(log_rates), np.full((STEPS, 4), 0.5), GROUP)
        _, found = hypergradients(plan)
        losses.append(float(loss(tf.constant(descend(W, gradient, plan).weights), STEPS)))
        log_rates -= 0.5 * np.sign(found.rates)
    assert min(losses) < 0.9 * losses[0]
