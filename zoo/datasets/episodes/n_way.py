"""N-way K-shot episodes from any labelled data: drawn for many steps at once, from a seed, as `tf.data`.

An episode shows a few examples of some classes, chosen at random and in random order: first the support, then the queries.
Labels are one-hot over the classes of the episode, so that nothing says which classes of the source they are.
"""

import contextlib
import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Embed, Tasks, episode, numbered
from zoo.datasets.episodes.choosing import distinct, distinct_in_groups
from zoo.datasets.episodes.embedded_source import EmbeddedSource
from zoo.datasets.episodes.error_rates import METRIC, error_rates
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
    Parts,
    Sampled,
    Seeds,
    Table,
    derived_seed,
    draw_in_chunks,
    fetch_examples,
    loaded,
    sample_examples,
    tabulate,
)
from zoo.datasets.episodes.trials import WAYS as TRIAL_WAYS
from zoo.datasets.episodes.trials import draw_trials
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION, Labelled, Source
from zoo.utils.errors import ZooError

Range = int | tuple[int, int]

BLOCK = 50  # steps drawn at once
AHEAD = 4  # steps whose examples are fetched ahead
EVALUATION_QUERIES = 15  # of each class, as published
CONDITIONS = ((5, 1), (5, 5), (20, 1), (20, 5))  # ways and shots, as published
CALIBRATION_TASKS, CALIBRATION_QUERIES = 100, 5  # under each condition, and of each class
CALIBRATION_SEED = 1_000_003  # evaluation uses other seeds


@dataclass(frozen=True)
class NWay(Benchmark):
    """Benchmark of a source of labelled data.

    Evaluation is on classes that training never shows. x is float32, of uint8 data in [0, 1]; y is one-hot, `[.., ways]`.
    Rows beyond `support_size` hold further examples of the episode's classes, with a label of zeros.

    Attributes:
        source: of the classes; read at the first `stream` or `draw`, and kept while the process lives.
        ways: classes of an episode, or (fewest, most), drawn anew for every step.
        shots: support examples of a class, or (fewest, most), drawn anew for every class of every episode.
        queries: query examples of a class, or (fewest, most), drawn anew for every step.
        rotations: whether every class rotated by 90, 180 and 270 degrees is a class of its own, in training and in evaluation; an
            episode may then hold one class in two rotations, as published.
        mirrors: whether in training every class mirrored is a class of its own too.
        augment: distortions of training images, support and query alike.
        hard: (groups, classes): number of groups, such as alphabets, and of classes drawn from each, to make training episodes
            hard; the other classes come from any other group. Where `ways` vary, it holds for episodes of the most ways.
        training_splits: the parts that training draws from, such as ("train", "validation").
        evaluation_conditions: ways and shots of the conditions of evaluation; the first is the headline.
        evaluation_within_group: whether all classes of an evaluation task come from one group, which is harder as a rule.
        test_tasks: tasks that a card is measured on under each condition; fewer of large pictures, as memory holds them all.
        even: whether in training all classes of an episode have as many shots, drawn anew for every episode.
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
    evaluation_conditions: tuple[tuple[int, int], ...] = CONDITIONS
    evaluation_within_group: bool = False
    test_tasks: int = 1_000
    even: bool = False

    metric = METRIC
    input_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        for name, given, least in (("ways", self.ways, 2), ("shots", self.shots, 1), ("queries", self.queries, 1)):
            low, high = bounds(given)
            if not least <= low <= high:
                raise ZooError(f"{name}={given}: give a number of {least} or more, or (fewest, most).")
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

        def make(block: tf.Tensor) -> tuple[tf.Tensor, ...]:
            seeds = functools.partial(derived_seed, TRAINING_STREAM, seed=seed, block=block)
            classes = _classes(table, self.hard, ways[1], BLOCK * tasks_per_step, seeds)
            sampled = sample_examples(table, classes, shots, queries[1], seeds, self.augment)
            if self.even:
                sampled = sampled._replace(shots=tf.repeat(sampled.shots[:, :1], ways[1], axis=1))
            steps = (tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in sampled)
            return *steps, _numbers(ways, seeds(WAYS)), _numbers(queries, seeds(QUERIES))

        def step(*parts: tf.Tensor) -> tuple[Any, ...]:
            *sampled, some_ways, some_queries = parts
            now = (ways[1] if ways[0] == ways[1] else some_ways, queries[1] if queries[0] == queries[1] else some_queries)
            return episode(*fetch_examples(table, Sampled(*sampled), now[0], shots[1], now[1], self.augment))

        # Blocks of small numbers are cut into steps first and the examples fetched then: they are copied once only.
        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    @property
    def n_way(self) -> "NWay":
        return self

    def conditions(self) -> list[Condition]:
        """Ways and shots of the evaluation, the headline first; the last is trials within an alphabet if the source has any.

        Trials have 20 ways: where no other condition has as many, there are none.
        """
        within = [{"ways": TRIAL_WAYS, "shots": 1, "within": "alphabet"}]
        most = max(ways for ways, _ in self.evaluation_conditions)
        trials = within if self.source.largest_group >= TRIAL_WAYS <= most else []
        return [{"ways": ways, "shots": shots} for ways, shots in self.evaluation_conditions] + trials

    def validation_condition(self) -> Condition | None:
        """The headline on validation classes; None where there are none or training draws from them."""
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
        """Tasks of classes that training never shows.

        Args:
            tasks: how many.
            seed: the same seed, the same tasks.
            ways: classes of a task.
            shots: support examples of each class.
            queries: query examples of each class.
            part: "test", or "validation" if `training_splits` leaves it out.
            within: "alphabet" for classes of one group, not rotated, with one query each by another drawer than the examples:
                Lake's trials, see `zoo.datasets.episodes.lake`.

        Raises:
            ZooError: if the source has too few classes or examples of a class, training draws from that part, or
                `within` is anything else.
        """
        if within not in (None, "alphabet"):
            raise ZooError(f"within={within!r}: leave it out, or pass 'alphabet'.")
        if part in self.training_splits:
            raise ZooError(f"part={part!r} is trained on; evaluate on another, such as {TEST!r}.")
        if within:
            return draw_trials(loaded(self.source, (part,), False), tasks, seed, ways, shots)
        return self._drawn((part,), tasks, seed, ways, shots, queries)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every task, `[B]`."""
        return error_rates(answers, drawn.query_y)

    def calibration_tasks(self) -> list[Tasks]:
        """Tasks, not distorted, of validation classes, or of training's own where training leaves none out.

        One item for each condition but trials, and but those that ask for more classes or examples than there are.
        """
        parts = (VALIDATION,) if self.validation_condition() else self.training_splits
        drawn = []
        for ways, shots in self.evaluation_conditions:
            with contextlib.suppress(ZooError):  # too few classes, or examples of one
                drawn.append(self._drawn(parts, CALIBRATION_TASKS, CALIBRATION_SEED, ways, shots, CALIBRATION_QUERIES))
        return drawn

    def embedded(self, embed: Embed) -> "NWay":
        """The same benchmark of embeddings; its source embeds every example once, whatever the number of tasks that show it."""
        return dataclasses.replace(self, source=EmbeddedSource(self.source, embed), augment=None)

    def _drawn(self, parts: tuple[str, ...], tasks: int, seed: int, ways: int, shots: int, queries: int) -> Tasks:
        data = loaded(self.source, parts, self.rotations)
        hard = (1, ways) if self.evaluation_within_group else (0, 0)
        _check(data, ways, shots + queries, hard)
        table = tabulate(data, hard[1])

        def draw_chunk(chunk: int, count: int, _first: int) -> Parts:
            seeds = functools.partial(derived_seed, EVALUATION_STREAM, seed=seed, block=chunk)
            classes = _classes(table, hard, ways, count, seeds)
            return fetch_examples(table, sample_examples(table, classes, (shots, shots), queries, seeds), ways, shots, queries)

        return draw_in_chunks(draw_chunk, tasks)


def _classes(table: Table, hard: tuple[int, int], ways: int, tasks: int, seeds: Seeds) -> tf.Tensor:
    """Distinct classes in random order, some of a few groups if `hard` says so, `[tasks, ways]`."""
    total = table.counts.shape[0]
    if not hard[0] * hard[1]:
        return distinct(tf.fill([tasks], total), ways, seeds(CLASSES))
    words = [seeds(purpose) for purpose in (GROUP, NEAR, FAR, MIXED)]
    return distinct_in_groups(table.groups, total, hard, ways, (tasks, words))


def bounds(numbers: Range) -> tuple[int, int]:
    """Fewest and most."""
    return (numbers, numbers) if isinstance(numbers, int) else (numbers[0], numbers[1])


def _numbers(between: tuple[int, int], seed: tf.Tensor) -> tf.Tensor:
    """A number for each step of a block."""
    return tf.random.stateless_uniform([BLOCK], seed, between[0], between[1] + 1, tf.int32)


def _check(data: Labelled, ways: int, examples: int, hard: tuple[int, int] = (0, 0)) -> None:
    """Refuse data that has too few classes, examples of a class, or groups."""
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
