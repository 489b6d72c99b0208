"""Strategies for Bernoulli bandits that know the prior: what a learned policy is measured beside.

Gittins' index by `gittins`; UCB1 (P. Auer, N. Cesa-Bianchi, P. Fischer, "Finite-time analysis of the multiarmed bandit
problem", 2002) with the constant of its bonus chosen, as in "RL^2" (Duan et al., 2016); Thompson sampling (W. Thompson, "On
the likelihood that one unknown probability exceeds another", 1933); epsilon-greedy, greedy and random. Every arm begins with a
uniform prior.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from zoo.datasets.acting import gittins

BONUSES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
EPSILONS = (0.01, 0.02, 0.05, 0.1, 0.2)
SEED = 3_000_017  # of the luck of strategies that draw


class Bandit(Protocol):
    """Bandits to play, see `zoo.datasets.acting.bandits.BanditTrials`."""

    @property
    def means(self) -> np.ndarray:
        """`[B, K]`."""

    @property
    def luck(self) -> np.ndarray:
        """`[B, T]`."""


# Of the pulls that paid and that did not so far, each [B, K], and how many pulls are left: what each arm is worth, [B, K].
Index = Callable[[np.ndarray, np.ndarray, int], np.ndarray]


def play(index: Index, trials: Bandit) -> tuple[np.ndarray, np.ndarray]:
    """Pull whichever arm an index is highest for, the first among equals: rewards and arms, `[B, T]`."""
    rows, pulls = np.arange(len(trials.means)), trials.luck.shape[1]
    paid, not_paid = (np.zeros(trials.means.shape, np.int64) for _ in range(2))
    rewards, arms = np.empty(trials.luck.shape, np.float32), np.empty(trials.luck.shape, np.int32)
    for at in range(pulls):
        arm = index(paid, not_paid, pulls - at).argmax(axis=1)
        won = trials.luck[:, at] < trials.means[rows, arm]
        paid[rows, arm] += won
        not_paid[rows, arm] += ~won
        rewards[:, at], arms[:, at] = won, arm
    return rewards, arms


def posterior_mean(paid: np.ndarray, not_paid: np.ndarray, left: int) -> np.ndarray:
    """Greedy: what an arm pays on average, as far as is known."""
    return (paid + 1) / (paid + not_paid + 2)


def ucb(bonus: float) -> Index:
    """The mean, and the root of `bonus` ln t / n; an arm that was never pulled comes first."""

    def index(paid: np.ndarray, not_paid: np.ndarray, left: int) -> np.ndarray:
        pulls = paid + not_paid
        mean = paid / np.maximum(pulls, 1)
        total = np.maximum(pulls.sum(axis=1, keepdims=True), 1)
        return np.where(pulls > 0, mean + np.sqrt(bonus * np.log(total) / np.maximum(pulls, 1)), np.inf)

    return index


def thompson(generator: np.random.Generator) -> Index:
    """A draw from what is known of each arm."""
    return lambda paid, not_paid, left: generator.beta(paid + 1, not_paid + 1)


def epsilon_greedy(epsilon: float, generator: np.random.Generator) -> Index:
    """Greedy, but with probability `epsilon` any arm."""

    def index(paid: np.ndarray, not_paid: np.ndarray, left: int) -> np.ndarray:
        anywhere = generator.random([len(paid), 1]) < epsilon
        return np.where(anywhere, 1.0 + generator.random(paid.shape), posterior_mean(paid, not_paid, left))

    return index


def anywhere(generator: np.random.Generator) -> Index:
    """Any arm."""
    return lambda paid, not_paid, left: generator.random(paid.shape)


def played(trials: Bandit, tuning: Bandit) -> dict[str, np.ndarray]:
    """The rewards `[B, T]` of every strategy, by name, best first as a rule; constants are those that are best on `tuning`."""
    generator = np.random.default_rng(SEED)

    def best(make: Callable[[float], Index], constants: tuple[float, ...]) -> float:
        return max(constants, key=lambda constant: play(make(constant), tuning)[0].sum())

    bonus = best(ucb, BONUSES)
    epsilon = best(lambda one: epsilon_greedy(one, generator), EPSILONS)
    strategies = {
        "Gittins index": gittins.index(trials.luck.shape[1]),
        f"UCB1, bonus {bonus:g}": ucb(bonus),
        "Thompson sampling": thompson(generator),
        f"epsilon-greedy, {epsilon:g}": epsilon_greedy(epsilon, generator),
        "greedy": posterior_mean,
        "random": anywhere(generator),
    }
    return {name: play(index, trials)[0] for name, index in strategies.items()}
