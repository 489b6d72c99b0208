"""What an entry is trained and evaluated on: episodes as `tf.data`, tasks for evaluation as arrays, and how answers are scored.

An episode batch is an ordinary Keras example, `(inputs, query_y)` or `(inputs, query_y, weight)`:

    inputs = {"support_x": [B, N, ...], "support_y": [B, N, n], "support_size": int32 [B], "query_x": [B, M, ...]}
    query_y [B, M, n], weight [B, 1]: the weight of each task in the loss
"""

import abc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.utils.errors import ZooError

Condition = dict[str, Any]
"""What tasks are drawn under, by name: arguments of `Benchmark.draw`, such as `{"ways": 5, "shots": 1}`."""
Embed = Callable[[np.ndarray], np.ndarray]


class Tasks(NamedTuple):
    """Tasks drawn for evaluation, as arrays: support_x, support_y, support_size, query_x, query_y."""

    support_x: np.ndarray
    support_y: np.ndarray
    support_size: np.ndarray
    query_x: np.ndarray
    query_y: np.ndarray

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """All that a learner may see, by the names that it has in an episode batch."""
        return {name: getattr(self, name) for name in ("support_x", "support_y", "support_size", "query_x")}


class Batch(NamedTuple):
    """Examples drawn for the evaluation of a model without a support set, as arrays `[B, ...]`: x, and what is wanted of it."""

    x: np.ndarray
    y: np.ndarray

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """All that a model may see."""
        return {"x": self.x}


class Questions(NamedTuple):
    """Tasks in which one of several candidates may be labelled before the prediction at one target is evaluated, as arrays.

    support_x `[B, N, ...]`, support_y and support_size are those of `Tasks`; candidate_x `[B, C, ...]`, candidate_y `[B, C, n]`;
    target_x `[B, ...]`, target_y `[B, n]`.
    """

    support_x: np.ndarray
    support_y: np.ndarray
    support_size: np.ndarray
    candidate_x: np.ndarray
    candidate_y: np.ndarray
    target_x: np.ndarray
    target_y: np.ndarray


class Benchmark(abc.ABC):
    """What an entry is trained and evaluated on. Subclasses are frozen dataclasses, so that two alike are equal.

    What only some benchmarks have is named here, with a default that says that this one has none.

    Attributes:
        metric: what `score` measures, in words.
        horizon: steps predicted one after the other in evaluation; 1 where examples are no time series.
        test_tasks: tasks that a card is measured on under each condition.
        input_range: lowest and highest number of the training examples; None where that says nothing.
        label_range: as `input_range`, of labels that are numbers; None also where an error in a number says little of an answer.
        watched: how many of the scores of one answer the training curve holds, from the headline on.
        higher_is_better: whether a score is a gain, such as a reward, and not an error.
        knows: what its tasks are, in words for a warning: "... knows sine waves of amplitude up to 5".
        apart: what sets its scores apart from those that other benchmarks give under conditions of the same names, in words for a
            heading; empty where nothing does.
    """

    metric: str
    horizon: int = 1
    test_tasks: int = 1_000
    input_range: tuple[float, float] | None = None
    label_range: tuple[float, float] | None = None
    watched: int = 1
    higher_is_better: bool = False
    knows: str = ""
    apart: str = ""

    @abc.abstractmethod
    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes from a seed, beginning at step `start`, the same each time."""

    @abc.abstractmethod
    def conditions(self) -> list[Condition]:
        """The conditions that a card reports, each a set of arguments of `draw`; the first is the headline."""

    @abc.abstractmethod
    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> Any:  # `*args` lets subclasses name their conditions
        """Tasks for evaluation, a `Tasks` or another named tuple with `inputs`; never ones that any `stream` gives."""

    @abc.abstractmethod
    def score(self, answers: np.ndarray, drawn: Any) -> list[tuple[Condition, np.ndarray]]:
        """What is measured of every task, under each further condition that one answer serves; the headline first.

        Args:
            answers: `[B, M, n]`, or `[B, M, horizon, n]` where the horizon is more than 1.
            drawn: the tasks that were answered, as `draw` gives them.

        Returns:
            Of each further condition `[B]`, an error of every task; or `[B, ...]` where `summarise` says what the score is.
        """

    def summarise(self, measured: np.ndarray) -> tuple[float, float]:
        """The score of all tasks from what `score` measures of each, and the half-width of its 95 % interval.

        The mean, and 1.96 times its standard error over tasks, unless a benchmark has a score that is no mean, such as an area
        under a curve.
        """
        return float(np.mean(measured)), 1.96 * float(np.std(measured)) / len(measured) ** 0.5

    def validation_condition(self) -> Condition | None:
        """The condition that the training curve is measured under; None where only training or test classes are left for it."""
        return self.conditions()[0]

    def calibration_tasks(self) -> list[Any]:
        """Tasks to measure a calibration on, one item for each condition; none where answers are no probabilities."""
        return []

    def baselines(self, drawn: Any) -> dict[str, np.ndarray]:
        """What `score` measures, `[B]`, of answers by what needs no meta-learning, by name."""
        return {}

    def questions(self, tasks: int, seed: int) -> Questions | None:
        """Tasks with candidates, one of which the learner may choose to have labelled; None where there are none."""
        return None

    @property
    def training_classes(self) -> int:
        """Number of training classes where training is that of an ordinary classifier; else 0."""
        return 0

    @property
    def n_way(self) -> Any:
        """The N-way episodes that training or evaluation is made of; None where it is not."""
        return None

    def embedded(self, embed: Embed) -> "Benchmark":
        """The same benchmark, for evaluation, whose tasks hold embeddings in place of examples.

        Args:
            embed: examples `[rows, ...]` to embeddings, float32 `[rows, D]`.
        """
        return EmbeddedBenchmark(self, embed)

    def prepared(self, drawn: Any) -> Any:
        """Tasks that the benchmark itself drew, as this view of it gives them; see `embedded`."""
        return drawn


@dataclass(frozen=True, eq=False)
class EmbeddedBenchmark(Benchmark):
    """A benchmark whose drawn tasks hold embeddings in place of examples; for evaluation only."""

    benchmark: Benchmark
    embed: Embed

    def __post_init__(self) -> None:
        for name in ("metric", "horizon", "test_tasks"):  # not `input_range`: that is of examples, not of embeddings
            object.__setattr__(self, name, getattr(self.benchmark, name))

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Not available.

        Raises:
            ZooError: always.
        """
        raise ZooError("embedded examples are for evaluation only; train on the benchmark itself.")

    def conditions(self) -> list[Condition]:
        """Those of the benchmark."""
        return self.benchmark.conditions()

    def draw(self, tasks: int, seed: int, *args: Any, **condition: Any) -> Any:
        """The benchmark's tasks, embedded."""
        return self.prepared(self.benchmark.draw(tasks, seed, *args, **condition))

    def prepared(self, drawn: Any) -> Any:
        """Tasks that the benchmark drew, embedded."""
        return embedded_tasks(drawn, self.embed)

    def score(self, answers: np.ndarray, drawn: Any) -> list[tuple[Condition, np.ndarray]]:
        """As the benchmark."""
        return self.benchmark.score(answers, drawn)

    def summarise(self, measured: np.ndarray) -> tuple[float, float]:
        """As the benchmark."""
        return self.benchmark.summarise(measured)

    def validation_condition(self) -> Condition | None:
        """That of the benchmark."""
        return self.benchmark.validation_condition()

    def calibration_tasks(self) -> list[Any]:
        """The benchmark's, embedded."""
        return [embedded_tasks(drawn, self.embed) for drawn in self.benchmark.calibration_tasks()]


def embedded_tasks(drawn: Any, embed: Embed) -> Any:
    """Tasks whose examples, `[B, N, ...]`, are embedded, `[B, N, D]`: those of the support and the queries, or of a stream."""
    parts = {name: getattr(drawn, name) for name in drawn._fields if name.endswith("_x")}
    rows = {name: embed(x.reshape(-1, *x.shape[2:])).reshape(*x.shape[:2], -1) for name, x in parts.items()}
    return drawn._replace(**rows)


def numbered(make: Callable[[tf.Tensor], Any], block: int, start: int = 0) -> tf.data.Dataset:
    """Number the steps of a stream, so that step k is the same whether it comes first or after a restart.

    Args:
        make: maps the number of a block, an int64 scalar, to its episodes, each tensor `[block, B, ...]`. Drawing many steps
            at once costs far less than drawing each.
        block: steps in a block.
        start: the step to begin with.
    """
    blocks = tf.data.Dataset.counter(start // block)
    steps = blocks.map(make, num_parallel_calls=1, deterministic=True).unbatch()
    options = tf.data.Options()
    options.autotune.enabled = False  # nothing here is left to tune, and its thread holds up the end of every `fit` by seconds
    return steps.skip(start % block).prefetch(2 * block).with_options(options)


def episode(*parts: tf.Tensor) -> tuple[Any, ...]:
    """Name the parts of an episode batch, and of a weight that may follow them, in the structure that Keras takes."""
    names = ("support_x", "support_y", "support_size", "query_x")
    return dict(zip(names, parts[:4], strict=True)), *parts[4:]
