"""Value iteration by hand, and strategies that learn what a world is like."""

from types import SimpleNamespace

import numpy as np
import pytest

from zoo.datasets.acting import mdp_strategies as strategies


def world(rows=1, steps=40, noise=0.0):
    """Two states: action 1 changes between them; in state 0 nothing is gained, in state 1 action 0 gains 3."""
    transitions = np.zeros([rows, 2, 2, 2])
    transitions[:, 0, 0, 0] = transitions[:, 0, 1, 1] = transitions[:, 1, 0, 1] = transitions[:, 1, 1, 0] = 1.0
    means = np.tile(np.array([[[0.0, 0.0], [3.0, 0.0]]]), [rows, 1, 1])
    generator = np.random.default_rng(0)
    luck = generator.uniform(size=[rows, steps])
    return SimpleNamespace(transitions=transitions, means=means, luck=luck, noise=noise * generator.normal(size=[rows, steps]))


def test_values_by_hand():
    made = world()
    np.testing.assert_allclose(
        strategies.values(made.transitions, made.means, 3)[:, 0],
        [[[0, 0], [3, 0]], [[0, 3], [6, 0]], [[3, 6], [9, 3]]],
    )
    assert strategies.best_value(made.transitions, made.means, 3) == [6.0]
    assert strategies.best_value(made.transitions, made.means, 3, discount=0.5)[0] == pytest.approx(3 * 0.5 + 3 * 0.25)


def test_whoever_learns_gains_more_from_episode_to_episode():
    found = strategies.played(world(rows=200, noise=0.3), steps=4)
    for name in ("PSRL", "epsilon-greedy"):
        totals = found[name].reshape(200, 10, 4).sum(axis=2).mean(axis=0)
        assert totals[-3:].mean() > totals[0] + 2.0, name
    assert found["PSRL"].sum() > found["random"].sum()


def test_random_learns_nothing():
    rewards = strategies.played(world(rows=2_000), steps=4)["random"].reshape(2_000, 10, 4).sum(axis=2).mean(axis=0)
    np.testing.assert_allclose(rewards, rewards.mean(), atol=0.35)
