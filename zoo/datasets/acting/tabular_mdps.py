"""Random tabular worlds: ten states, five actions, ten episodes of ten steps in each; how they work is unknown at first.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016, section 3.2, after I. Osband, D.
Russo, B. Van Roy, "(More) efficient reinforcement learning via posterior sampling", 2013: mean rewards are normal around 1, of
spread 1, with normal noise of spread 1; transitions are drawn from a flat Dirichlet distribution; every episode begins in
state 0, as in the authors' code. Scores are shares of what value iteration promises, which knows the world. What is published,
a random total of 100.1 that is a share of 0.482, means that it was discounted by 0.99 a step; so it is here. Undiscounted it
is 4.5 % higher.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.acting import mdp_strategies
from zoo.datasets.acting.environments import Environments, Step, Trials, chosen, picked
from zoo.datasets.benchmark import Condition

DISCOUNT = 0.99  # of what value iteration promises


class MDPTrials(NamedTuple):
    """Worlds as arrays.

    Transitions `[B, S, A, S]` and mean rewards `[B, S, A]`; luck of the next state and of the policy `[B, T]`, from 0 to 1, and
    standard normal noise of the rewards `[B, T]`.
    """

    transitions: np.ndarray
    means: np.ndarray
    luck: np.ndarray
    noise: np.ndarray
    choice: np.ndarray

    @property
    def inputs(self) -> dict[str, Any]:
        """All that it takes to play."""
        return self._asdict()


@dataclass(frozen=True)
class TabularMDPs(Environments):
    """Benchmark of tabular worlds.

    Attributes:
        size: states of a world.
        moves: actions in each.
        episodes: of a trial, N.
        steps: of an episode.
    """

    size: int = 10
    moves: int = 5
    episodes: int = 10
    steps: int = 10

    metric = "reward of a trial as a share of what value iteration promises, where higher is better"
    test_tasks = 2_000

    @property
    def states(self) -> int:
        return self.size

    @property
    def actions(self) -> int:
        return self.moves

    @property
    def length(self) -> int:
        return self.episodes * self.steps

    def worlds(self, trials: int, seed: tf.Tensor) -> Trials:
        words = tf.random.split(seed, 4)
        uniform = tf.random.stateless_uniform([trials, self.size, self.moves, self.size], words[0])
        share = -tf.math.log1p(-uniform)  # exponential: shares of their sum are from a flat Dirichlet distribution
        return {
            "transitions": share / tf.reduce_sum(share, axis=3, keepdims=True),
            "means": 1.0 + tf.random.stateless_normal([trials, self.size, self.moves], words[1]),
            "luck": tf.random.stateless_uniform([trials, self.length], words[2]),
            "noise": tf.random.stateless_normal([trials, self.length], words[3]),
        }

    def step(self, trials: Trials, at: int | tf.Tensor, state: tf.Tensor, action: tf.Tensor) -> Step:
        mean = picked(picked(trials["means"], state), action)
        shares = picked(picked(trials["transitions"], state), action)  # [B, S]
        done = tf.equal((at + 1) % self.steps, 0)
        after = tf.where(done, tf.zeros_like(state), chosen(shares, trials["luck"][:, at]))
        return Step(mean + trials["noise"][:, at], tf.zeros_like(mean) + tf.cast(done, tf.float32), after)

    def conditions(self) -> list[Condition]:
        return [{"episodes": self.episodes}]

    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> MDPTrials:
        return super().draw(tasks, seed)

    def drawn(self, arrays: dict[str, np.ndarray]) -> MDPTrials:
        return MDPTrials(**arrays)

    def score(self, answers: np.ndarray, drawn: MDPTrials) -> list[tuple[Condition, np.ndarray]]:
        """Total reward, and what value iteration promises in as many episodes: `[B, 2]`."""
        best = self.episodes * mdp_strategies.best_value(drawn.transitions, drawn.means, self.steps, DISCOUNT)
        return [({}, np.stack([answers.sum(axis=1, dtype=np.float64), best], axis=1))]

    def summarise(self, measured: np.ndarray) -> tuple[float, float]:
        """The ratio of the means, with the interval of a ratio (by its derivative)."""
        reward, best = measured.mean(axis=0)
        share = reward / best
        spread = np.std(measured[:, 0] - share * measured[:, 1]) / best
        return float(share), 1.96 * float(spread) / len(measured) ** 0.5

    def baselines(self, drawn: MDPTrials) -> dict[str, np.ndarray]:
        """Of posterior sampling, which knows the prior, and of random actions."""
        rewards = mdp_strategies.played(drawn, self.steps)
        return {name: self.score(each, drawn)[0][1] for name, each in rewards.items()}
