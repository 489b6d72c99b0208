"""What learned optimizers are trained and evaluated on: runs of so many steps on fresh instances, scored by their losses.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, section 3: 100 steps on an instance,
learned from in segments of 20 between which weights and the optimizer's state are carried on.

A training step is one segment of a batch of instances: `{"start": [B, P], "fresh": [B], ...the instances}`, where `fresh` is 1 in
the first segment, which begins at `start`, and 0 where the last one is carried on.
"""

import abc
import functools
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, numbered
from zoo.datasets.optimizees.hand_written import BY_NAME, best_rate
from zoo.datasets.optimizees.optimizee import Instances, Optimizee, losses

SEGMENT, SEGMENTS = 20, 5
SPREAD = 0.01  # of the weights that a run starts from, as in the authors' code
TUNING_SEED = 2_000_003  # of the instances that the learning rates of hand-written optimizers are chosen on
_TRAINING, _EVALUATION, _START = (word << 40 for word in range(3))  # streams never share a random number


class Optimizees(Benchmark):
    """Optimizees, and runs on their instances; what is answered are the losses of a run, `[B, steps + 1]`.

    Attributes:
        steps: of a run in evaluation.
        tuning: instances that a learning rate is chosen on.
    """

    steps: int
    tuning: int

    @property
    @abc.abstractmethod
    def optimizees(self) -> tuple[Optimizee, ...]:
        """Of each condition in turn; the first is the one that training shows."""

    @abc.abstractmethod
    def instances(self, shape: list[int], seed: tf.Tensor, steps: int, training: bool) -> dict[str, tf.Tensor]:
        """Instances for so many steps, each `[*shape, ...]`; the same seed gives the same ones."""

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless segments of training; every 5 steps begin new instances."""
        size = self.optimizees[0].size

        def make(number: tf.Tensor) -> dict[str, tf.Tensor]:
            word = tf.stack([_TRAINING + seed, number])
            begin = SPREAD * tf.random.stateless_normal([tasks_per_step, size], word + tf.constant([_START, 0], tf.int64))
            fresh = tf.tile(tf.one_hot([0], SEGMENTS), [tasks_per_step, 1])  # [B, 5]
            return {
                "start": tf.tile(begin[None], [SEGMENTS, 1, 1]),
                "fresh": tf.transpose(fresh),
                **self.segments([tasks_per_step], word),
            }

        return numbered(make, SEGMENTS, start)

    @abc.abstractmethod
    def segments(self, shape: list[int], seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Instances of one training run, those of each segment in turn, each `[5, *shape, ...]`."""

    def drawn(self, runs: int, seed: int, which: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Runs for evaluation, never ones of a stream: starts `[B, P]`, the number of their optimizee `[B]`, and instances."""
        word = tf.constant([_EVALUATION + seed, 0], tf.int64)
        start = SPREAD * tf.random.stateless_normal(
            [runs, self.optimizees[which].size], word + tf.constant([_START, 0], tf.int64)
        )
        instances = self.instances([runs], word, self.steps, training=False)
        return start.numpy(), np.full([runs], which, np.int32), {name: part.numpy() for name, part in instances.items()}

    def baselines(self, drawn: Any) -> dict[str, np.ndarray]:
        """Hand-written optimizers, each with the learning rate that scores best on instances of their own."""
        which, found = int(drawn.optimizee[0]), {}
        tuning = self.draw(self.tuning, TUNING_SEED, **self.conditions()[which])
        for name in BY_NAME:
            rate = best_rate(functools.partial(self._mean, name, tuning))
            found[f"{name}, learning rate {rate:g}"] = self._scored(name, rate, drawn)
        return found

    def _mean(self, name: str, drawn: Any, rate: float) -> float:
        return float(self._scored(name, rate, drawn).mean())

    def _scored(self, name: str, rate: float, drawn: Any) -> np.ndarray:
        optimizee = self.optimizees[int(drawn.optimizee[0])]
        answers = in_parts(_hand_written(optimizee, name, self.steps), drawn.inputs, optimizee, tf.constant(rate))
        return self.score(answers, drawn)[0][1]


def split_inputs(inputs: dict[str, Any]) -> tuple[Any, Instances]:
    """The weights to start from, and the instances, out of what a run or a segment shows."""
    return inputs["start"], {name: part for name, part in inputs.items() if name not in ("start", "fresh", "optimizee")}


AT_ONCE = 100_000  # weights that are run at once; bounds the memory


def in_parts(run: Any, inputs: dict[str, Any], optimizee: Optimizee, *more: Any) -> np.ndarray:
    """Losses of runs, some at a time: `run(start, instances, *more)` of each part."""
    size = max(1, AT_ONCE // optimizee.size)
    parts = []
    for at in range(0, len(inputs["start"]), size):
        start, instances = split_inputs({name: part[at : at + size] for name, part in inputs.items()})
        parts.append(run(tf.constant(start), {name: tf.constant(part) for name, part in instances.items()}, *more).numpy())
    return np.concatenate(parts)


@functools.lru_cache(maxsize=8)
def _hand_written(optimizee: Optimizee, name: str, steps: int) -> Any:
    return tf.function(
        lambda start, instances, rate: losses(optimizee, instances, start, BY_NAME[name](rate), steps),
        autograph=False,
        reduce_retracing=True,
    )
