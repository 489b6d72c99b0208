"""Proposed updates: those of the run itself, beside those of others for the same gradients."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Quadratics
from zoo.datasets.optimizees.hand_written import Adam
from zoo.datasets.optimizees.optimizees import split_inputs
from zoo.figures import proposals
from zoo.hub import registry
from zoo.models.lstm_optimizer import LSTMOptimizer, LSTMOptimizerConfig


@pytest.fixture
def layer():
    return LSTMOptimizer(LSTMOptimizerConfig(units=3)).rule


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(proposals, "STEPS", 6)
    monkeypatch.setattr(proposals, "SHOWN", (1, 5))
    monkeypatch.setattr(proposals, "TRIED", 5)


def test_a_run_is_the_sum_of_its_updates(layer, few):
    done = proposals.run(layer, Quadratics(), {"SGD": 0.1, "Adam": 0.01})
    optimizee = Quadratics().optimizees[0]
    start, instances = split_inputs(Quadratics().draw(1, proposals.SEED).inputs)
    weights, memory, adam = tf.constant(start), layer.start(tf.constant(start)), Adam(0.01)
    state = adam.start(weights)
    for step in range(6):
        _, gradient = optimizee.slope(weights, {name: tf.constant(part) for name, part in instances.items()}, step)
        np.testing.assert_allclose(done.gradient[step], gradient.numpy()[0, done.coordinates], rtol=1e-5)
        np.testing.assert_allclose(done.beside["SGD"][step], -0.1 * done.gradient[step], rtol=1e-5)
        beside, state = adam.step(gradient, state)
        np.testing.assert_allclose(done.beside["Adam"][step], beside.numpy()[0, done.coordinates], rtol=1e-4)
        update, memory = layer(gradient, memory)
        weights = weights + update
    assert done.memory.shape == (6, 3, layer.state_size)


def test_the_gradient_of_the_run_gives_its_own_update(layer, few):
    done = proposals.run(layer, Quadratics(), {})
    for step in (0, 4):
        got = proposals.tried(layer, done.memory[step, 1], done.gradient[step, 1:2])
        np.testing.assert_allclose(got, done.update[step, 1:2], rtol=1e-4)


def test_both_figures_hold_their_numbers(few):
    history, by_gradient = proposals.pictures("lstm_optimizer_quadratic", Quadratics())
    assert (history.name, by_gradient.name) == ("updates_history", "updates_by_gradient")
    assert (len(history.rows), len(by_gradient.rows)) == (3 * 6, 3 * 2 * 5)
    layer = registry.load("lstm_optimizer_quadratic").rule
    done = proposals.run(layer, Quadratics(), {})
    assert history.rows[7][:2] == [done.coordinates[1], 1]
    assert history.rows[7][3] == pytest.approx(done.update[1, 1], rel=1e-4)


def test_others_have_the_rates_that_the_card_chose():
    assert proposals.tuned("lstm_optimizer_mnist")["Adam"] == 0.03
    assert set(proposals.tuned("lstm_optimizer_mnist")) == {"Adam", "SGD"}
