"""Sums of inner gradients: the direction of training is their mean, and what is drawn are trainings by it."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.figures import inner_gradients
from zoo.models.reptile import Reptile, ReptileConfig


@pytest.fixture
def learner():
    return Reptile(ReptileConfig(task_widths=(5,), training_steps=4))


def test_the_direction_is_the_mean_of_the_first_gradients(learner):
    generator = np.random.default_rng(0)
    x, y = (tf.constant(generator.normal(size=(1, 8, 1)), tf.float32) for _ in range(2))
    variables = learner.trainable_variables
    kept = [variable.numpy() for variable in variables]

    def gradients(batch):
        rows = slice(2 * batch, 2 * batch + 2)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(learner.initial(x[0, rows]) - y[0, rows]))
        return [part.numpy() for part in tape.gradient(loss, variables)]

    total = [np.zeros_like(value) for value in kept]
    for number in range(1, 4):
        found = gradients(number - 1)  # at the weights after the steps before it
        total = [one + other for one, other in zip(total, found, strict=True)]
        moved = [variable.numpy() - 0.02 * part for variable, part in zip(variables, found, strict=True)]
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)
        with tf.GradientTape() as tape:
            loss = inner_gradients.direction_loss(learner, x, y, number)
        for got, part in zip(tape.gradient(loss, variables), total, strict=True):
            np.testing.assert_allclose(got, part / number, rtol=1e-3, atol=1e-4)
        for variable, value in zip(variables, moved, strict=True):
            variable.assign(value)


def test_trainings_are_drawn_along_their_steps(monkeypatch):
    for name, value in {"BLOCKS": 2, "BLOCK": 40, "TASKS": 3, "TESTED": 4, "TAKEN": 2, "GRADIENTS": 2}.items():
        monkeypatch.setattr(inner_gradients, name, value)
    picture = inner_gradients.picture(lambda items, told: items)
    assert [row[:2] for row in picture.rows] == [(kept, steps) for kept in ("g1", "g1 + g2") for steps in (0, 40, 80)]
    errors = {row[:2]: row[2] for row in picture.rows}
    assert errors["g1", 0] == errors["g1 + g2", 0]  # the same start
    assert errors["g1", 80] != errors["g1 + g2", 80]
