"""Bernoulli bandits: each arm pays one with a probability of its own, uniform from 0 to 1 and unknown.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016, section 3.1; N. Mishra et al., "A
simple neural attentive meta-learner", 2018, section 5.1: the mean total reward of so many pulls.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.acting import bandit_strategies
from zoo.datasets.acting.environments import Environments, Step, Trials, picked
from zoo.datasets.benchmark import Condition

TUNING_SEED, TUNING = 2_000_003, 2_000  # of the bandits that constants of hand-written strategies are chosen on


class BanditTrials(NamedTuple):
    """Bandits as arrays: what each arm pays on average `[B, K]`, the luck of every pull and of the policy `[B, T]`, 0 to 1."""

    means: np.ndarray
    luck: np.ndarray
    choice: np.ndarray

    @property
    def inputs(self) -> dict[str, Any]:
        """All that it takes to play."""
        return self._asdict()


@dataclass(frozen=True)
class Bandits(Environments):
    """Benchmark of bandits.

    Attributes:
        arms: of a bandit, K.
        pulls: of a trial, N.
    """

    arms: int = 5
    pulls: int = 100

    metric = "total reward of a trial, where higher is better"
    test_tasks = 10_000

    @property
    def states(self) -> int:
        return 1

    @property
    def actions(self) -> int:
        return self.arms

    @property
    def length(self) -> int:
        return self.pulls

    def worlds(self, trials: int, seed: tf.Tensor) -> Trials:
        words = tf.random.split(seed, 2)
        return {
            "means": tf.random.stateless_uniform([trials, self.arms], words[0]),
            "luck": tf.random.stateless_uniform([trials, self.pulls], words[1]),
        }

    def step(self, trials: Trials, at: int | tf.Tensor, state: tf.Tensor, action: tf.Tensor) -> Step:
        """Every pull is an episode of its own."""
        paid = trials["luck"][:, at] < picked(trials["means"], action)
        return Step(tf.cast(paid, tf.float32), tf.ones_like(trials["luck"][:, at]), tf.zeros_like(state))

    def conditions(self) -> list[Condition]:
        return [{"arms": self.arms, "pulls": self.pulls}]

    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> BanditTrials:
        return super().draw(tasks, seed)

    def drawn(self, arrays: dict[str, np.ndarray]) -> BanditTrials:
        return BanditTrials(**arrays)

    def score(self, answers: np.ndarray, drawn: BanditTrials) -> list[tuple[Condition, np.ndarray]]:
        """The total reward `[B]`."""
        return [({}, answers.sum(axis=1, dtype=np.float64))]

    def baselines(self, drawn: BanditTrials) -> dict[str, np.ndarray]:
        """Of the strategies in `bandit_strategies`, whose constants are chosen on other bandits."""
        tuning = self.draw(TUNING, TUNING_SEED)
        found = {}
        for name, rewards in bandit_strategies.played(drawn, tuning).items():
            found[name] = self.score(rewards, drawn)[0][1]
        return found
