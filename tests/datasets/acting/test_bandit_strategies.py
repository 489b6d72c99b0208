"""Strategies for bandits: what each index says on numbers, and what is counted while one plays."""

from types import SimpleNamespace

import numpy as np
import pytest

from zoo.datasets.acting import bandit_strategies as strategies

PAID, NOT = np.array([[3, 0, 0]]), np.array([[1, 2, 0]])


def test_indices_on_numbers():
    np.testing.assert_allclose(strategies.posterior_mean(PAID, NOT, 9), [[4 / 6, 1 / 4, 1 / 2]])
    np.testing.assert_allclose(
        strategies.ucb(0.5)(PAID, NOT, 9),
        [[0.75 + np.sqrt(0.5 * np.log(6) / 4), np.sqrt(0.5 * np.log(6) / 2), np.inf]],
    )
    generator = np.random.default_rng(0)
    drawn = np.concatenate([strategies.thompson(generator)(PAID, NOT, 9) for _ in range(4_000)])
    np.testing.assert_allclose(drawn.mean(axis=0), [4 / 6, 1 / 4, 1 / 2], atol=0.02)


@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_epsilon_is_the_share_of_arms_at_random(epsilon):
    index = strategies.epsilon_greedy(epsilon, np.random.default_rng(0))
    rows = 6_000
    arms = index(np.tile(PAID, [rows, 1]), np.tile(NOT, [rows, 1]), 9).argmax(axis=1)
    assert (arms == 0).mean() == pytest.approx(1.0 - epsilon * 2 / 3, abs=0.02)


def test_what_is_played_is_what_the_luck_pays():
    trials = SimpleNamespace(means=np.array([[1.0, 0.0], [0.0, 0.4]]), luck=np.full([2, 6], 0.5))
    rewards, arms = strategies.play(strategies.posterior_mean, trials)
    np.testing.assert_array_equal(arms, [[0] * 6, [0, 1, 0, 1, 0, 1]])  # the first among equals
    np.testing.assert_array_equal(rewards, [[1] * 6, [0] * 6])


def test_constants_are_the_best_on_other_bandits():
    generator = np.random.default_rng(0)
    made = [SimpleNamespace(means=generator.uniform(size=[400, 3]), luck=generator.uniform(size=[400, 20])) for _ in range(2)]
    names = list(strategies.played(*made))
    bonus = float(names[1].removeprefix("UCB1, bonus "))
    totals = {each: strategies.play(strategies.ucb(each), made[1])[0].sum() for each in strategies.BONUSES}
    assert totals[bonus] == max(totals.values())
