"""Value iteration, and strategies for unknown tabular worlds: posterior sampling, epsilon-greedy, random.

I. Osband, D. Russo, B. Van Roy, "(More) efficient reinforcement learning via posterior sampling", 2013: before every episode a
world is drawn from what is known, and acted in as value iteration would. What is known: a flat Dirichlet distribution and a
normal one around 1, updated by what was seen.
"""

from typing import Protocol

import numpy as np

SEED = 3_000_017  # of the luck of strategies
EPSILON = 0.1


class Worlds(Protocol):
    """Worlds to act in, see `zoo.datasets.acting.tabular_mdps.MDPTrials`."""

    @property
    def transitions(self) -> np.ndarray:
        """`[B, S, A, S]`."""

    @property
    def means(self) -> np.ndarray:
        """`[B, S, A]`."""

    @property
    def luck(self) -> np.ndarray:
        """`[B, T]`."""

    @property
    def noise(self) -> np.ndarray:
        """`[B, T]`."""


def values(transitions: np.ndarray, means: np.ndarray, steps: int, discount: float = 1.0) -> np.ndarray:
    """What each action gains with so many steps left and none wasted after it, from one step to all: `[steps, B, S, A]`."""
    found = [means]
    for _ in range(steps - 1):
        found.append(means + discount * np.einsum("bsat,bt->bsa", transitions, found[-1].max(axis=2), optimize=True))
    return np.stack(found)


def best_value(transitions: np.ndarray, means: np.ndarray, steps: int, discount: float = 1.0) -> np.ndarray:
    """What an episode from state 0 gains on average for whoever knows the world, discounted by step: `[B]`."""
    return values(transitions, means, steps, discount)[-1][:, 0].max(axis=1)


def played(trials: Worlds, steps: int) -> dict[str, np.ndarray]:
    """The rewards `[B, T]` of every strategy by name."""
    generator = np.random.default_rng(SEED)
    return {
        "PSRL": play(trials, steps, generator),
        "epsilon-greedy": play(trials, steps, generator, sampled=False, epsilon=EPSILON),
        "random": play(trials, steps, generator, epsilon=1.0),
    }


def play(trials: Worlds, steps: int, generator: np.random.Generator, sampled: bool = True, epsilon: float = 0.0) -> np.ndarray:
    """Rewards `[B, T]` of acting, episode after episode, as if a world drawn from what is known were true.

    Args:
        trials: worlds and their luck.
        steps: of an episode.
        generator: of all that is drawn.
        sampled: False for the mean of what is known in place of a draw.
        epsilon: share of steps with any action.
    """
    rows, (_, size, moves) = np.arange(len(trials.means)), trials.means.shape
    seen = np.ones(trials.transitions.shape)  # a flat Dirichlet distribution
    gained, count = np.ones(trials.means.shape), np.ones(trials.means.shape)  # as if each reward was seen once, and was 1
    rewards = np.empty(trials.luck.shape, np.float32)
    for begin in range(0, trials.luck.shape[1], steps):
        weight = generator.standard_gamma(seen) if sampled else seen
        believed = gained / count + (generator.standard_normal(count.shape) / np.sqrt(count) if sampled else 0.0)
        plan = values(weight / weight.sum(axis=3, keepdims=True), believed, steps)
        state = np.zeros(len(rows), np.int64)
        for at in range(begin, begin + steps):
            action = plan[begin + steps - 1 - at][rows, state].argmax(axis=1)
            action = np.where(generator.random(len(rows)) < epsilon, generator.integers(moves, size=len(rows)), action)
            shares = trials.transitions[rows, state, action].cumsum(axis=1)
            after = np.minimum((shares <= trials.luck[:, at, None]).sum(axis=1), size - 1)
            rewards[:, at] = trials.means[rows, state, action] + trials.noise[:, at]
            seen[rows, state, action, after] += 1.0
            gained[rows, state, action] += rewards[:, at]
            count[rows, state, action] += 1.0
            state = after
    return rewards
