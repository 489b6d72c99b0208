"""Tabular worlds: their distribution, episodes, and two published figures as self-tests: random's share and the normaliser."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import TabularMDPs


@pytest.fixture(scope="module")
def drawn():
    return TabularMDPs().draw(500, 1)


def test_worlds_are_those_of_the_paper(drawn):
    assert drawn.transitions.shape == (500, 10, 5, 10) and drawn.means.shape == (500, 10, 5)
    np.testing.assert_allclose(drawn.transitions.sum(axis=3), 1.0, rtol=1e-5)
    # A share of a flat Dirichlet distribution over ten: mean 1/10, variance 9 / 1100.
    assert drawn.transitions.var() == pytest.approx(9 / 1100, rel=0.03)
    assert drawn.means.mean() == pytest.approx(1.0, abs=0.03) and drawn.means.std() == pytest.approx(1.0, abs=0.03)


def test_an_episode_ends_after_its_steps_and_begins_in_state_0(drawn):
    worlds = TabularMDPs()
    trials = {name: tf.constant(part) for name, part in drawn.inputs.items()}
    state = tf.zeros([500], tf.int32)
    for at in range(20):
        step = worlds.step(trials, at, state, tf.fill([500], at % 5))
        np.testing.assert_allclose(
            step.reward, drawn.means[np.arange(500), state, at % 5] + drawn.noise[:, at], rtol=1e-5, atol=1e-5
        )
        state = step.state
        assert (step.done.numpy() == (1.0 if at in (9, 19) else 0.0)).all()
        assert (state.numpy() == 0).all() == (at in (9, 19))


def test_the_next_state_is_drawn_by_its_share():
    worlds = TabularMDPs(size=3, moves=2, episodes=1, steps=6_000)
    trials = {name: tf.constant(part) for name, part in worlds.draw(1, 1).inputs.items()}
    after = [int(worlds.step(trials, at, tf.constant([1]), tf.constant([0])).state[0]) for at in range(3_000)]
    np.testing.assert_allclose(np.bincount(after, minlength=3) / 3_000, trials["transitions"][0, 1, 0], atol=0.03)


def test_random_and_the_normaliser_are_those_that_are_published():
    """Random 100.1 in all and a share of 0.482 (Duan et al., 2016; Mishra et al., 2018), so a normaliser of 207.7."""
    worlds = TabularMDPs()
    drawn = worlds.draw(2_000, 1)
    values = worlds.baselines(drawn)
    reward, best = values["random"].mean(axis=0)
    spread = values["random"].std(axis=0) / 2_000**0.5
    assert abs(reward - 100.1) < 3 * spread[0] and abs(best - 207.7) < 3 * spread[1]
    share, interval = worlds.summarise(values["random"])
    assert abs(share - 0.482) < 2 * interval
    assert share < worlds.summarise(values["PSRL"])[0] < 0.7


def test_the_interval_is_that_of_a_ratio():
    worlds, generator = TabularMDPs(), np.random.default_rng(0)

    def draw():
        best = generator.normal(200.0, 30.0, 400)
        return np.stack([0.7 * best + generator.normal(0.0, 20.0, 400), best], axis=1)

    shares = [worlds.summarise(draw())[0] for _ in range(300)]
    assert worlds.summarise(draw())[1] == pytest.approx(1.96 * np.std(shares), rel=0.2)
