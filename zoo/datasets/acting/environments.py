"""Environments, many at once: a trial is so many steps in one world, which is unknown when the trial begins.

Y. Duan et al., "RL^2: fast reinforcement learning via slow reinforcement learning", 2016, section 2: a trial spans several
episodes in one world; what is wanted is the reward of the whole trial, so exploring must pay for itself.

All chance lies in what is drawn: the luck of the world and of the policy at every step. So a trial is played again exactly, by
any policy, in any runtime.
"""

import abc
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, numbered

Trials = dict[str, tf.Tensor]
"""Worlds and their luck, by name, each `[B, ...]`; `choice [B, T]` is the luck of the policy, from 0 to 1."""
_EVALUATION = 1 << 40  # no stream shares a random number with what is drawn


class Step(NamedTuple):
    """What a world answers, each `[B]`: float32 reward, float32 done, which is 1 where an episode ended, and the int32 state."""

    reward: tf.Tensor
    done: tf.Tensor
    state: tf.Tensor


class Environments(Benchmark):
    """A benchmark of worlds of so many states and actions; what is answered are the rewards of whole trials, `[B, T]`.

    Every trial begins in state 0.
    """

    higher_is_better = True

    @property
    @abc.abstractmethod
    def states(self) -> int:
        """How many states a world has; 1 of a bandit."""

    @property
    @abc.abstractmethod
    def actions(self) -> int:
        """How many actions there are in each."""

    @property
    @abc.abstractmethod
    def length(self) -> int:
        """T, steps of a trial."""

    @abc.abstractmethod
    def worlds(self, trials: int, seed: tf.Tensor) -> Trials:
        """Worlds and their luck, by a seed of two integers; pure, so that graphs can draw."""

    @abc.abstractmethod
    def step(self, trials: Trials, at: int | tf.Tensor, state: tf.Tensor, action: tf.Tensor) -> Step:
        """What happens at a step: of states and actions int32 `[B]`."""

    def trials(self, count: int, seed: tf.Tensor) -> Trials:
        """`worlds`, and the luck of the policy."""
        words = tf.random.split(seed, 2)
        choice = tf.random.stateless_uniform([count, self.length], words[1])
        return self.worlds(count, words[0]) | {"choice": choice}

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """The numbers of steps and the seed: a policy draws its trials itself, as what it plays depends on what it has become."""
        return numbered(lambda number: {"number": tf.reshape(number, [1, 1]), "seed": tf.constant([[seed]], tf.int64)}, 1, start)

    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> Any:
        """Trials that training never sees, as arrays."""
        found = self.trials(tasks, tf.constant([_EVALUATION + seed, 0], tf.int64))
        return self.drawn({name: part.numpy() for name, part in found.items()})

    @abc.abstractmethod
    def drawn(self, arrays: dict[str, np.ndarray]) -> Any:
        """Trials as a named tuple with `inputs`."""

    def conditions(self) -> list[Condition]:
        """That of training."""
        return [{"actions": self.actions}]

    def validation_condition(self) -> Condition | None:
        """That of training, on trials of their own."""
        return {}


def picked(rows: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """One entry along axis 1 of each row: `[B, K, ...], int32 [B] -> [B, ...]`."""
    return tf.gather(rows, place, axis=1, batch_dims=1)


def chosen(shares: tf.Tensor, luck: tf.Tensor) -> tf.Tensor:
    """A place drawn by its share: `[B, K]` that add up to one and luck `[B]` from 0 to 1, `-> int32 [B]`."""
    below = tf.cast(tf.cumsum(shares, axis=1) <= tf.expand_dims(luck, 1), tf.int32)  # a comparison: every runtime has it
    return tf.minimum(tf.reduce_sum(below, axis=1), tf.shape(shares)[1] - 1)
