"""N-way K-shot episodes from any labelled data: drawn for many steps at once, from a seed, as `tf.data`.

An episode names some classes at random, in random order, and shows a few examples of each: first the support, then the queries.
Labels are one-hot over the classes of the episode, so that nothing tells which classes of the source they are.
"""

import functools
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Tasks, episode, numbered
from zoo.datasets.episodes.choosing import distinct, distinct_in_groups
from zoo.datasets.episodes.sampling import (
    CLASSES,
    EVALUATION_STREAM,
    FAR,
    GROUP,
    MIXED,
    NEAR,
    QUERIES,
    TRAINING_STREAM,
    WAYS,
    Distortion,
    Sampled,
    Table,
    gathered,
    loaded,
    sample,
    show,
    tabulate,
    word,
)
from zoo.datasets.episodes.trials import WAYS as TRIAL_WAYS
from zoo.datasets.episodes.trials import draw_trials
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION, Labelled, Source
from zoo.utils.errors import ZooError

Range = int | tuple[int, int]

METRIC = "error rate over queries"
BLOCK = 50  # steps drawn at once
AHEAD = 4  # steps whose examples are fetched ahead
EVALUATION_QUERIES = 15  # of each class, as published
CONDITIONS = ((5, 1), (5, 5), (20, 1), (20, 5))  # ways and shots, as published


def error_rates(predicted: np.ndarray, query_y: np.ndarray) -> list[tuple[dict[str, Any], np.ndarray]]:
    """Share of queries that are answered wrongly, of every task; a tie of m classes with the true one in it is 1/m right.

    A learner that answers the same to everything is thus at chance, whatever the order of the classes.

    Args:
        predicted: logits or probabilities `[B, M, ways]`; NaN is wrong.
        query_y: one-hot labels `[B, M, ways]`.
    """
    best = predicted == predicted.max(axis=-1, keepdims=True)
    right = (best * query_y).sum(axis=-1) / np.maximum(best.sum(axis=-1), 1)
    return [({}, 1.0 - right.mean(axis=-1, dtype=np.float64))]


@dataclass(frozen=True)
class NWay:
    """Benchmark of a source of labelled data.

    Training draws from classes that evaluation never shows. x is float32, of uint8 data in [0, 1]; y is one-hot, `[.., ways]`.
    Rows beyond `support_size` hold further examples of the episode's classes, with a label of zeros.

    Attributes:
        source: where the classes come from; read at the first `stream` or `draw`, and kept while the process lives.
        ways: classes of an episode, or (fewest, most), drawn anew for every step.
        shots: support examples of a class, or (fewest, most), drawn anew for every class of every episode.
        queries: query examples of a class, or (fewest, most), drawn anew for every step.
        rotations: whether every class turned by 90, 180 and 270 degrees is a class of its own, in training and in evaluation; an
            episode may then hold one class in two rotations, as published.
        mirrors: whether in training every class mirrored is a class of its own too.
        augment: distortions of training images, support and query alike.
        hard: (groups, classes): in every training episode so many classes come from each of so many groups, such as alphabets;
            the other classes come from any other group. Of ways that vary, that holds for the most ways, less for fewer.
        training_splits: the parts that training draws from, such as ("train", "validation").
        evaluated: ways and shots of the conditions of evaluation; the first is the headline.
        evaluated_within_group: whether all classes of an evaluation's task come from one group, which is as a rule harder.
        test_tasks: how many tasks a card is measured on under each condition; fewer of large pictures, as memory holds them all.
    """

    source: Source
    ways: Range = 5
    shots: Range = 1
    queries: Range = 5
    rotations: bool = False
    mirrors: bool = False
    augment: Distortion | None = None
    hard: tuple[int, int] = (0, 0)
    training_splits: tuple[str, ...] = (TRAINING,)
    evaluated: tuple[tuple[int, int], ...] = CONDITIONS
    evaluated_within_group: bool = False
    test_tasks: int = 1_000

    metric: ClassVar[str] = METRIC
    horizon: ClassVar[int] = 1
    input_range: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __post_init__(self):
        for name, least in (("ways", 2), ("shots", 1), ("queries", 1)):
            low, high = bounds(getattr(self, name))
            if not least <= low <= high:
                raise ZooError(f"{name}={getattr(self, name)}: give a number of {least} or more, or (fewest, most).")
        if TEST in self.training_splits or not self.training_splits:
            raise ZooError(
                f"training_splits={self.training_splits}: training draws from one part or more, and never from {TEST!r}."
            )
        if min(self.hard) < 0 or self.hard[0] * self.hard[1] > bounds(self.ways)[0]:
            raise ZooError(f"hard={self.hard}: (groups, classes) of 0 or more whose product is at most ways={self.ways}.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; support rows are padded to the most shots.

        Raises:
            ZooError: if the source has too few classes, examples of a class, or large enough groups.
        """
        ways, shots, queries = bounds(self.ways), bounds(self.shots), bounds(self.queries)
        data = loaded(self.source, self.training_splits, self.rotations, self.mirrors)
        _check(data, ways[1], shots[1] + queries[1], self.hard)
        table = tabulate(data, self.hard[1])

        def make(block):
            seeds = functools.partial(word, TRAINING_STREAM, seed=seed, block=block)
            classes = _classes(table, self.hard, ways[1], BLOCK * tasks_per_step, seeds)
            sampled = sample(table, classes, shots, queries[1], seeds, self.augment)
            steps = (tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in sampled)
            return *steps, _numbers(ways, seeds(WAYS)), _numbers(queries, seeds(QUERIES))

        def step(*parts):
            *sampled, some_ways, some_queries = parts
            now = (ways[1] if ways[0] == ways[1] else some_ways, queries[1] if queries[0] == queries[1] else some_queries)
            return episode(*show(table, Sampled(*sampled), now[0], shots[1], now[1], self.augment))

        # The examples are fetched after the small numbers have been sampled out to the steps: they are copied once only.
        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    def conditions(self) -> list[dict[str, Any]]:
        """Ways and shots of the evaluation, the headline first; the last is trials within an alphabet if the source has any."""
        within = [{"ways": TRIAL_WAYS, "shots": 1, "within": "alphabet"}]
        trials = within if getattr(self.source, "largest_group", 0) >= TRIAL_WAYS else []
        return [{"ways": ways, "shots": shots} for ways, shots in self.evaluated] + trials

    def validation_condition(self) -> dict[str, Any] | None:
        """What the training curve is drawn on: the headline, on validation classes; None where training has left none out."""
        try:
            held_out = VALIDATION not in self.training_splits and bool(loaded(self.source, (VALIDATION,), self.rotations).names)
        except ZooError:
            held_out = False
        return self.conditions()[0] | {"part": VALIDATION} if held_out else None

    def draw(
        self,
        tasks: int,
        seed: int,
        ways: int = 5,
        shots: int = 1,
        queries: int = EVALUATION_QUERIES,
        part: str = TEST,
        within: str | None = None,
    ) -> Tasks:
        """Tasks of classes that no training shows.

        Args:
            tasks: how many.
            seed: the same seed, the same tasks.
            ways: classes of a task.
            shots: support examples of each class.
            queries: query examples of each class.
            part: "test", or "validation" to watch training with if `training_splits` leaves it out.
            within: "alphabet" for classes that are all of one group, as they are and not turned, with one query each by another
                drawer than the examples: Lake's trials, see `zoo.datasets.episodes.lake`.

        Raises:
            ZooError: if the source has too few classes or examples of a class, training draws from that part, or
                `within` is anything else.
        """
        if within not in (None, "alphabet"):
            raise ZooError(f"within={within!r}: leave it out, or pass 'alphabet'.")
        if part in self.training_splits:
            raise ZooError(f"part={part!r} is trained on; judge on another, such as {TEST!r}.")
        if within:
            return draw_trials(loaded(self.source, (part,), False), tasks, seed, ways, shots)
        return self._drawn((part,), tasks, seed, ways, shots, queries)

    def calibration_tasks(self, tasks: int, seed: int, ways: int = 5, shots: int = 1, queries: int = EVALUATION_QUERIES) -> Tasks:
        """Tasks, not distorted, of validation classes, or where there are none that training leaves out of training's own.

        Arguments and errors are those of `draw`.
        """
        parts = (VALIDATION,) if self.validation_condition() else self.training_splits
        return self._drawn(parts, tasks, seed, ways, shots, queries)

    def _drawn(self, parts: tuple[str, ...], tasks: int, seed: int, ways: int, shots: int, queries: int) -> Tasks:
        data = loaded(self.source, parts, self.rotations)
        hard = (1, ways) if self.evaluated_within_group else (0, 0)
        _check(data, ways, shots + queries, hard)
        table = tabulate(data, hard[1])

        def some(chunk: int, count: int, _first: int):
            seeds = functools.partial(word, EVALUATION_STREAM, seed=seed, block=chunk)
            classes = _classes(table, hard, ways, count, seeds)
            return show(table, sample(table, classes, (shots, shots), queries, seeds), ways, shots, queries)

        return gathered(some, tasks)

    errors = staticmethod(error_rates)


def _classes(table: Table, hard: tuple[int, int], ways: int, tasks: int, seeds) -> tf.Tensor:
    """Distinct classes in random order, some of a few groups if `hard` says so, `[tasks, ways]`."""
    total = table.counts.shape[0]
    if not hard[0] * hard[1]:
        return distinct(tf.fill([tasks], total), ways, seeds(CLASSES))
    words = [seeds(purpose) for purpose in (GROUP, NEAR, FAR, MIXED)]
    return distinct_in_groups(table.groups, total, hard, ways, (tasks, words))


def bounds(numbers: Range) -> tuple[int, int]:
    """Fewest and most."""
    return (numbers, numbers) if isinstance(numbers, int) else (numbers[0], numbers[1])


def _numbers(between: tuple[int, int], seed) -> tf.Tensor:
    """A number for each step of a block."""
    return tf.random.stateless_uniform([BLOCK], seed, between[0], between[1] + 1, tf.int32)


def _check(data: Labelled, ways: int, examples: int, hard: tuple[int, int] = (0, 0)) -> None:
    """Refuse data that has not what the episodes need."""
    if len(data.names) < ways:
        raise ZooError(f"{ways} ways of {len(data.names)} classes: ask for fewer ways, or give more classes.")
    smallest = int(np.argmin(data.counts))
    if data.counts[smallest] < examples:
        raise ZooError(
            f"class {data.names[smallest]!r} has {data.counts[smallest]} examples, but shots and queries need {examples}: "
            "ask for fewer, or give it more."
        )
    if hard[0] * hard[1]:
        sizes = sorted((size for *_, size in data.runs() if size >= hard[1]), reverse=True)
        outside = len(data.names) - sum(sizes[: hard[0]])
        if len(sizes) < hard[0] or outside < ways - hard[0] * hard[1]:
            raise ZooError(
                f"hard={hard}: {len(sizes)} groups have {hard[1]} classes or more, and {outside} classes are left beside the "
                f"largest {hard[0]}, where {ways - hard[0] * hard[1]} are needed; ask for fewer or smaller groups."
            )
