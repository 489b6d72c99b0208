"""Gradient steps on learned tasks: one step is that of the rule on the loss of each task's real rows, all tasks at once."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.learners import fine_tuning
from zoo.learners.fine_tuning import RuleRefiner, fine_tuned
from zoo.learners.labels import Numbers
from zoo.learners.rules.adam import Adam

GENERATOR = np.random.default_rng(0)
ways = pytest.mark.parametrize("on", ["code", "weights"])


@pytest.fixture(scope="module")
def support():
    return FreshSinusoids().draw(4, seed=1)[:3]


def tuned(learner, on, support, steps):
    learned = learner.graphs.fine_tuned[on](*support, np.array(steps, np.int32))
    return {name: value.numpy() for name, value in learned.items()}


def support_loss(learner, task, support):
    predicted = learner.apply({name: tf.constant(value) for name, value in task.items()}, support[0])
    return np.array([keras.losses.Huber()(y, p) for y, p in zip(support[1], predicted, strict=True)])


def test_a_step_is_the_rules_on_the_loss_of_the_labels():
    """Two tasks, y = a x; one trains `a` by Keras, the others are a state of ours."""
    x, y = (tf.constant(GENERATOR.normal(size=(2, 6, 1)), tf.float32) for _ in range(2))
    support = x, y, tf.constant([6, 6])
    refiner = RuleRefiner(
        begin=lambda *_: {"a": tf.ones([2, 1])},
        predict=lambda moved, x, size: moved["a"][:, None] * x,
        finish=lambda moved, x, size: moved,
        slope=Numbers().fine_tuning_slope,
        rule=Adam(0.1),
    )
    state = refiner.start(*support)
    variables = [keras.Variable([1.0]) for _ in range(2)]
    optimizers = [keras.optimizers.Adam(0.1, epsilon=1e-8) for _ in range(2)]
    for _ in range(4):
        state = refiner.step(state, *support)
        for task, (variable, optimizer) in enumerate(zip(variables, optimizers, strict=True)):
            with tf.GradientTape() as tape:
                loss = keras.losses.Huber()(y[task], variable.value * x[task])
            optimizer.apply(tape.gradient(loss, [variable.value]), [variable])
            np.testing.assert_allclose(refiner.task(state, *support)["a"][task], variable.value, rtol=1e-5)
    assert set(refiner.task(state, *support)) == {"a"}  # nothing that the rule keeps


@ways
def test_no_step_is_adapt_and_steps_lower_the_support_loss(tiny, support, on):
    tasks = [tuned(tiny, on, support, [steps] * 4) for steps in (0, 5)]
    for name, value in tiny.adapt(*support).items():
        np.testing.assert_allclose(tasks[0][name], value, rtol=1e-5, atol=1e-6)
    losses = [support_loss(tiny, task, support) for task in tasks]
    assert np.all(losses[1] < losses[0])


@ways
def test_every_task_takes_its_own_number_of_steps_as_if_it_were_alone(tiny, support, on):
    steps = [3, 0, 5, 1]
    together = tuned(tiny, on, support, steps)
    for task, count in enumerate(steps):
        alone = tuned(tiny, on, [part[task : task + 1] for part in support], [count])
        for name, value in alone.items():
            np.testing.assert_allclose(value[0], together[name][task], rtol=1e-3, atol=1e-5)


@ways
def test_padding_never_matters_and_a_task_without_examples_stays_as_it_starts(tiny, support, on):
    """The pure function, which a size of 0 reaches."""
    refiner, sizes, steps = tiny.refiners()[on], np.array([10, 4, 1, 0], np.int32), np.full(4, 2, np.int32)
    want = fine_tuned(refiner, *support[:2], sizes, steps)
    padded = [part.copy() for part in support[:2]]
    for part in padded:
        for task, size in enumerate(sizes):
            part[task, size:] = np.nan
    got = fine_tuned(refiner, *padded, sizes, steps)
    for name, value in want.items():
        assert np.isfinite(value).all()
        np.testing.assert_array_equal(got[name], value)
    for name, value in tiny.adapt(*support[:2], sizes).items():
        np.testing.assert_allclose(got[name][3], value[3], rtol=1e-6)


def test_steps_stop_at_the_most(tiny, support, monkeypatch):
    monkeypatch.setattr(fine_tuning, "MOST_STEPS", 2)
    refiner = tiny.refiners()["weights"]
    got = fine_tuned(refiner, *support, tf.constant([2, 3, 1000, 2**31 - 1]))
    want = fine_tuned(refiner, *support, tf.constant([2, 2, 2, 2]))
    for name, value in want.items():
        np.testing.assert_array_equal(got[name], value)
