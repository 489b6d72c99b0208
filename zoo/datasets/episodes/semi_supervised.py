"""Episodes with examples without a label, some of which may be of no class of the episode at all: distractors.

M. Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, section 4. An unlabelled example is a row of the
support whose label is all zero. Training sees labels of a fixed few examples of each class only (`LabelSplit`); classes of
evaluation are new, and all their drawings are dealt out anew in every task.
"""

import contextlib
import dataclasses
import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Embed, episode, numbered
from zoo.datasets.episodes.choosing import distinct
from zoo.datasets.episodes.error_rates import METRIC, error_rates
from zoo.datasets.episodes.label_split import LabelSplit
from zoo.datasets.episodes.n_way import (
    AHEAD,
    BLOCK,
    CALIBRATION_QUERIES,
    CALIBRATION_SEED,
    CALIBRATION_TASKS,
    EVALUATION_QUERIES,
    NWay,
)
from zoo.datasets.episodes.sampling import (
    CLASSES,
    DISTORTION,
    EVALUATION_STREAM,
    FAR,
    NEAR,
    SIZES,
    TRAINING_STREAM,
    Distortion,
    Sampled,
    Seeds,
    Table,
    derived_seed,
    distorted,
    draw_in_chunks,
    fetch_examples,
    loaded,
    sample_examples,
    tabulate,
)
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION, Source
from zoo.utils.errors import ZooError

WAYS, SHOTS = 5, 1  # of evaluation, as published
UNLABELLED, DISTRACTORS = 5, 5  # examples without a label of each class, and classes of distractors, as published
DRAWINGS = 20  # of a class, of which those that are neither labelled nor unlabelled are queries, as published
FREE, ORDER = NEAR, FAR  # purposes of random numbers, which no episode of this kind uses otherwise


class SemiSupervisedTasks(NamedTuple):
    """As `Tasks`, and which rows of the support are distractors, bool `[B, N]`, which no learner may see."""

    support_x: np.ndarray
    support_y: np.ndarray
    support_size: np.ndarray
    query_x: np.ndarray
    query_y: np.ndarray
    distractor: np.ndarray

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """All that a learner may see, by the names that it has in an episode batch."""
        return {name: getattr(self, name) for name in ("support_x", "support_y", "support_size", "query_x")}


@dataclass(frozen=True)
class SemiSupervised(Benchmark):
    """Benchmark of a source of labelled data, most of whose training labels are never shown.

    Attributes:
        source: of the classes.
        ways, shots, queries: classes of a training episode, and labelled examples of each in support and query.
        unlabelled: examples without a label of each class of a training episode, and of each class of distractors; 0 for
            episodes of labelled examples only, as of a learner that makes nothing of others.
        distractors: (fewest, most) classes of distractors in a training episode, drawn anew for every step.
        labelled_share, split: see `LabelSplit`.
        rotations, mirrors, augment, training_splits, test_tasks: see `NWay`.
    """

    source: Source
    ways: int = 5
    shots: int = 1
    queries: int = 1
    unlabelled: int = 5
    distractors: tuple[int, int] = (0, 0)
    labelled_share: float = 0.1
    split: int = 0
    rotations: bool = False
    mirrors: bool = False
    augment: Distortion | None = None
    training_splits: tuple[str, ...] = (TRAINING,)
    test_tasks: int = 1_000

    metric = METRIC
    input_range = (0.0, 1.0)

    def __post_init__(self) -> None:
        if min(self.ways - 1, self.shots, self.queries) < 1 or self.unlabelled < 0:
            raise ZooError(
                f"ways={self.ways}, shots={self.shots}, queries={self.queries}, unlabelled={self.unlabelled}: give 2 ways or "
                "more, 1 shot and 1 query or more, and 0 unlabelled examples or more."
            )
        fewest, most = self.distractors
        if not 0 <= fewest <= most:
            raise ZooError(f"distractors={self.distractors}: give (fewest, most) classes of 0 or more.")
        _ = self.n_way, self._part(True)  # they refuse the rest

    @property
    def n_way(self) -> NWay:
        """Episodes of the same classes, all of whose examples have a label."""
        return NWay(
            self.source,
            evaluation_conditions=((WAYS, SHOTS),),
            rotations=self.rotations,
            training_splits=self.training_splits,
            test_tasks=self.test_tasks,
        )

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes: first the labelled rows of the support, then those without a label.

        Raises:
            ZooError: if the source has too few classes, or too few examples of a class with a label, or without one.
        """
        (fewest, most), rest = self.distractors, max(self.unlabelled, 1)  # `tf.data` takes no empty tensors apart
        total, tasks = self.ways + most, BLOCK * tasks_per_step
        table, others = (self._table(labelled) for labelled in (True, False))
        augment, columns = self.augment, self.ways * (self.shots + self.queries) + total * rest

        def make(block: tf.Tensor) -> tuple[tf.Tensor, ...]:
            seeds = functools.partial(derived_seed, TRAINING_STREAM, seed=seed, block=block)
            classes = distinct(tf.fill([tasks], table.counts.shape[0]), total, seeds(CLASSES))
            sampled = sample_examples(table, classes[:, : self.ways], (self.shots, self.shots), self.queries, seeds)
            parts = [*sampled, *_free(others, classes, rest, seeds)]
            kinds = total if augment is not None and augment.per_class else columns
            parts.append(augment.components([tasks, kinds], seeds(DISTORTION)) if augment else tf.zeros([tasks, 1]))
            steps = (tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in parts)
            return *steps, tf.random.stateless_uniform([BLOCK], seeds(SIZES), fewest, most + 1, tf.int32)

        def step(*parts: tf.Tensor) -> tuple[Any, ...]:
            *sampled, free, order, moves, some = parts
            now = self.ways + (most if fewest == most else some) if self.unlabelled else 0
            x, y, size, query_x, query_y = fetch_examples(table, Sampled(*sampled), self.ways, self.shots, self.queries)
            rows, label = _shuffled(free, order, now, rest)
            more = others.images(rows)
            if augment is not None:
                label = tf.concat([tf.argmax(y, 2, tf.int32), label, tf.argmax(query_y, 2, tf.int32)], axis=1)
                together = distorted(tf.concat([x, more, query_x], axis=1), label, augment, moves)
                x, more, query_x = tf.split(together, [tf.shape(x)[1], tf.shape(more)[1], query_x.shape[1]], axis=1)
            x, y = tf.concat([x, more], axis=1), tf.concat([y, tf.zeros([*rows.shape[:1], tf.shape(rows)[1], self.ways])], axis=1)
            return episode(x, y, size + tf.shape(rows)[1], query_x, query_y)

        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    def conditions(self) -> list[Condition]:
        """Unlabelled examples without distractors and with them, and none of either, which are the tasks of `n_way`."""
        plain = {"ways": WAYS, "shots": SHOTS}
        free = plain | {"unlabelled": UNLABELLED}
        return [free, free | {"distractors": DISTRACTORS}, plain]

    def validation_condition(self) -> Condition | None:
        """Tasks with distractors, of validation classes; None where there are none or training draws from them."""
        return self.conditions()[1] | {"part": VALIDATION} if self.n_way.validation_condition() else None

    def draw(
        self,
        tasks: int,
        seed: int,
        ways: int = WAYS,
        shots: int = SHOTS,
        unlabelled: int = 0,
        distractors: int = 0,
        queries: int = 0,
        part: str = TEST,
    ) -> Any:
        """Tasks of classes that training never shows.

        Args:
            tasks: how many.
            seed: the same seed, the same tasks.
            ways, shots: classes of a task, and labelled examples of each.
            unlabelled: examples without a label of each class, and of each class of distractors.
            distractors: classes that only such examples are of.
            queries: of each class; 0 for all that are left of 20 drawings, or 15 where none is unlabelled.
            part: "test", or "validation" if `training_splits` leaves it out.

        Returns:
            `SemiSupervisedTasks`, or `Tasks` where all examples have a label.

        Raises:
            ZooError: if the source has too few classes or examples of a class, training draws from that part, or for
                distractors without `unlabelled`.
        """
        if not unlabelled:
            if distractors:
                raise ZooError(f"distractors={distractors} without unlabelled examples: give unlabelled=1 or more.")
            return self.n_way.draw(tasks, seed, ways, shots, queries or EVALUATION_QUERIES, part)
        if part in self.training_splits:
            raise ZooError(f"part={part!r} is trained on; evaluate on another, such as {TEST!r}.")
        return self._drawn((part,), tasks, seed, (ways, shots, unlabelled, distractors, queries or DRAWINGS - shots - unlabelled))

    def score(self, answers: np.ndarray, drawn: Any) -> list[tuple[Condition, np.ndarray]]:
        """Error rate of every task, `[B]`."""
        return error_rates(answers, drawn.query_y)

    def calibration_tasks(self) -> list[Any]:
        """Tasks, not distorted, of validation classes, or of training's own where it leaves none out; an item a condition."""
        parts = (VALIDATION,) if self.validation_condition() else self.training_splits
        size = (WAYS, SHOTS, UNLABELLED)
        drawn: list[Any] = []
        for distractors in (0, DISTRACTORS):
            with contextlib.suppress(ZooError):  # too few classes, or examples of one
                drawn.append(self._drawn(parts, CALIBRATION_TASKS, CALIBRATION_SEED, (*size, distractors, CALIBRATION_QUERIES)))
        return [*drawn, *self.n_way.calibration_tasks()]

    def embedded(self, embed: Embed) -> "SemiSupervised":
        """The same benchmark of embeddings; its source embeds every example once, whatever the number of tasks that show it."""
        return dataclasses.replace(self, source=self.n_way.embedded(embed).source, augment=None)

    def _part(self, labelled: bool) -> LabelSplit:
        return LabelSplit(self.source, labelled, self.labelled_share, self.split)

    def _table(self, labelled: bool) -> Table:
        """The training examples that have a label, or have none."""
        data = loaded(self._part(labelled), self.training_splits, self.rotations, self.mirrors)
        wanted, what = (self.shots + self.queries, "a label") if labelled else (self.unlabelled, "no label")
        _check(data.names, data.counts, self.ways + self.distractors[1], wanted, what)
        return tabulate(data)

    def _drawn(self, parts: tuple[str, ...], tasks: int, seed: int, size: tuple[int, int, int, int, int]) -> SemiSupervisedTasks:
        ways, shots, rest, distractors, queries = size
        data = loaded(self.source, parts, self.rotations)
        _check(data.names, data.counts, ways + distractors, shots + rest + max(queries, 1), "any label")
        table = tabulate(data)

        def draw_chunk(chunk: int, count: int, _first: int) -> tuple[tf.Tensor, ...]:
            seeds = functools.partial(derived_seed, EVALUATION_STREAM, seed=seed, block=chunk)
            classes = distinct(tf.fill([count], table.counts.shape[0]), ways + distractors, seeds(CLASSES))
            dealt = sample_examples(table, classes, (shots, shots), queries + rest, seeds)
            labelled = dealt._replace(rows=dealt.rows[:, :ways, : shots + queries], shots=dealt.shots[:, :ways])
            x, y, known, query_x, query_y = fetch_examples(table, labelled, ways, shots, queries)
            order = tf.random.stateless_uniform([count, (ways + distractors) * rest], seeds(ORDER))
            rows, label = _shuffled(dealt.rows[:, :, shots + queries :], order, ways + distractors, rest)
            odd = tf.concat([tf.zeros(y.shape[:2], tf.bool), label >= ways], axis=1)
            y = tf.concat([y, tf.zeros([*rows.shape, ways])], axis=1)
            return tf.concat([x, table.images(rows)], axis=1), y, known + rows.shape[1], query_x, query_y, odd

        return draw_in_chunks(draw_chunk, tasks, SemiSupervisedTasks)


def _free(table: Table, classes: tf.Tensor, number: int, seeds: Seeds) -> tuple[tf.Tensor, tf.Tensor]:
    """Examples of some classes, `[T, classes, number]`, and random numbers to shuffle them by, `[T, classes * number]`."""
    rows = tf.gather(table.starts, classes)[..., None] + distinct(tf.gather(table.counts, classes), number, seeds(FREE))
    tasks, many = classes.shape
    return rows, tf.random.stateless_uniform([tasks, many * number], seeds(ORDER))


def _shuffled(free: tf.Tensor, order: tf.Tensor, classes: int | tf.Tensor, number: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Examples of the first classes in random order, and the class of each, int32 `[T, classes * number]`."""
    rows = tf.reshape(free[:, :classes], [free.shape[0], classes * number])
    places = tf.argsort(order[:, : classes * number], axis=-1)
    return tf.gather(rows, places, batch_dims=1), places // max(number, 1)


def _check(names: tuple, counts: np.ndarray, classes: int, examples: int, what: str) -> None:
    if len(names) < classes:
        raise ZooError(f"{classes} classes of {len(names)}: ask for fewer ways or distractors, or give more classes.")
    smallest = int(np.argmin(counts))
    if counts[smallest] < examples:
        raise ZooError(
            f"class {names[smallest]!r} has {counts[smallest]} examples with {what}, but an episode needs {examples}: ask for "
            "fewer, or give it more."
        )
