"""Streams of labelled examples: classes that are new come again and again, and each label is told once the answer is given.

A. Santoro, S. Bartunov, M. Botvinick, D. Wierstra, T. Lillicrap, "Meta-learning with memory-augmented neural networks", 2016: a
few classes, with labels drawn anew for every stream, and at each step one of them at random. What counts is how often the first,
the second, the k-th example of a class is answered rightly: the first can only be guessed.
"""

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Embed, numbered
from zoo.datasets.episodes.choosing import distinct
from zoo.datasets.episodes.embedded_source import EmbeddedSource
from zoo.datasets.episodes.sampling import (
    CHUNK,
    CLASSES,
    DISTORTION,
    ITEMS,
    SIZES,
    STREAMS_OF_EVALUATION,
    STREAMS_OF_TRAINING,
    Distortion,
    Seeds,
    Table,
    derived_seed,
    distorted,
    loaded,
    tabulate,
)
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION, Labelled, Source
from zoo.utils.errors import ZooError

BLOCK = 20  # steps of training sampled at once
AHEAD = 4  # steps whose examples are fetched ahead


class Streams(NamedTuple):
    """Streams drawn for evaluation, as arrays: examples `[B, T, ...]` and one-hot labels `[B, T, ways]`.

    As an episode, all but the last example of a stream are the support, and the last one is the query.
    """

    stream_x: np.ndarray
    stream_y: np.ndarray

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """All that a learner may see; who answers a stream sees a label once its example is answered."""
        return {"stream_x": self.stream_x, "stream_y": self.stream_y}

    @property
    def support_x(self) -> np.ndarray:
        """Examples but the last."""
        return self.stream_x[:, :-1]

    @property
    def support_y(self) -> np.ndarray:
        """Labels but the last."""
        return self.stream_y[:, :-1]

    @property
    def support_size(self) -> np.ndarray:
        """How many they are."""
        return np.full([len(self.stream_x)], self.stream_x.shape[1] - 1, np.int32)

    @property
    def query_x(self) -> np.ndarray:
        """The last example."""
        return self.stream_x[:, -1:]

    @property
    def query_y(self) -> np.ndarray:
        """Its label."""
        return self.stream_y[:, -1:]


@dataclass(frozen=True)
class ClassStreams(Benchmark):
    """Benchmark of streams from a source of labelled data.

    x is float32, of uint8 data in [0, 1]; y is one-hot. No example comes twice in a stream before all of its class have come.

    Attributes:
        source: of the classes.
        ways: classes of a stream.
        length: steps of a stream.
        rotations: whether every class rotated by 90, 180 and 270 degrees is a class of its own.
        augment: distortions of training images.
        training_splits: the parts that training draws from.
        instances: which examples of a class are scored, counted from 1; the first named is the headline.
        test_tasks: streams that a card is measured on.
    """

    source: Source
    ways: int = 5
    length: int = 50
    rotations: bool = False
    augment: Distortion | None = None
    training_splits: tuple[str, ...] = (TRAINING,)
    instances: tuple[int, ...] = (2, 1, 5, 10)
    test_tasks: int = 1_000

    metric = "error rate over examples"
    input_range = (0.0, 1.0)
    apart = "Streams"
    watched = 4  # instances

    def __post_init__(self) -> None:
        if self.ways < 2 or self.length < 2:
            raise ZooError(f"ways={self.ways}, length={self.length}: give 2 or more of each.")
        if not self.instances or min(self.instances) < 1:
            raise ZooError(f"instances={self.instances}: name one or more, each counted from 1.")
        if TEST in self.training_splits or not self.training_splits:
            raise ZooError(
                f"training_splits={self.training_splits}: training draws from one part or more, and never from {TEST!r}."
            )

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training batches, `({"stream_x": [B, T, ...], "stream_y": [B, T, ways]}, [B, T, ways])`.

        Raises:
            ZooError: if the source has too few classes.
        """
        data = loaded(self.source, self.training_splits, self.rotations)
        table = _tabulated(data, self.ways)

        def make(block: tf.Tensor) -> tuple[tf.Tensor, ...]:
            seeds = functools.partial(derived_seed, STREAMS_OF_TRAINING, seed=seed, block=block)
            drawn = _sampled(table, _fewest(data), BLOCK * tasks_per_step, self.ways, self.length, seeds)
            kinds = self.ways if self.augment is not None and self.augment.per_class else self.length
            shape = [BLOCK * tasks_per_step, kinds if self.augment is not None else 1]
            moves = tf.zeros(shape) if self.augment is None else self.augment.components(shape, seeds(DISTORTION))
            return tuple(tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in (*drawn, moves))

        def step(rows: tf.Tensor, which: tf.Tensor, moves: tf.Tensor) -> tuple[Any, ...]:
            x, y = table.images(rows), tf.one_hot(which, self.ways)
            if self.augment is not None:
                x = distorted(x, which, self.augment, moves)
            return {"stream_x": x, "stream_y": y}, y

        return numbered(make, BLOCK, start).map(step, num_parallel_calls=1, deterministic=True).prefetch(AHEAD)

    def conditions(self) -> list[Condition]:
        """The streams of training, of other classes."""
        return [{"ways": self.ways, "length": self.length}]

    def validation_condition(self) -> Condition | None:
        """Streams of validation classes; None where training draws from them, or there are too few."""
        if VALIDATION in self.training_splits:
            return None
        try:
            _tabulated(loaded(self.source, (VALIDATION,), self.rotations), self.ways)
        except ZooError:
            return None
        return self.conditions()[0] | {"part": VALIDATION}

    def draw(self, tasks: int, seed: int, ways: int = 5, length: int = 50, part: str = TEST) -> Streams:
        """Streams of classes that training never shows.

        Args:
            tasks: how many.
            seed: the same seed, the same streams.
            ways: classes of a stream.
            length: steps of a stream.
            part: "test", or "validation" if `training_splits` leaves it out.

        Raises:
            ZooError: if the source has too few classes, training draws from that part, or for fewer than one task.
        """
        if part in self.training_splits:
            raise ZooError(f"part={part!r} is trained on; evaluate on another, such as {TEST!r}.")
        if tasks < 1:
            raise ZooError(f"tasks={tasks}: draw one or more.")
        data = loaded(self.source, (part,), self.rotations)
        table, chunks = _tabulated(data, ways), []
        for chunk, at in enumerate(range(0, tasks, CHUNK)):
            seeds = functools.partial(derived_seed, STREAMS_OF_EVALUATION, seed=seed, block=chunk)
            with tf.device("CPU"):
                rows, which = _sampled(table, _fewest(data), min(CHUNK, tasks - at), ways, length, seeds)
                chunks.append((table.images(rows).numpy(), tf.one_hot(which, ways).numpy()))
        return Streams(*(np.concatenate(parts) for parts in zip(*chunks, strict=True)))

    def embedded(self, embed: Embed) -> "ClassStreams":
        """The same streams of embeddings; its source embeds every example once, without distortions."""
        return dataclasses.replace(self, source=EmbeddedSource(self.source, embed), augment=None)

    def score(self, answers: np.ndarray, drawn: Streams) -> list[tuple[Condition, np.ndarray]]:
        """Of each instance `[B, 2]`: examples of each stream that are answered wrongly, and how many there are.

        A tie of m classes with the true one among them is 1/m right; NaN is wrong.
        """
        best = answers == answers.max(axis=-1, keepdims=True)
        right = (best * drawn.stream_y).sum(axis=-1) / np.maximum(best.sum(axis=-1), 1)  # [B, T]
        number = (np.cumsum(drawn.stream_y, axis=1) * drawn.stream_y).sum(axis=-1)  # [B, T]: how often its class has come
        found = []
        for instance in self.instances:
            those = number == instance
            pair = np.stack([((1.0 - right) * those).sum(axis=1), those.sum(axis=1)], axis=1)
            found.append(({"instance": instance}, pair.astype(np.float64)))
        return found

    def summarise(self, measured: np.ndarray) -> tuple[float, float]:
        """The share of all examples that are answered wrongly, and the half-width of its 95 % interval over streams."""
        wrong, seen = measured[:, 0], measured[:, 1]
        share = float(wrong.sum() / max(seen.sum(), 1.0))
        spread = float(np.std(wrong - share * seen)) / max(float(seen.mean()), 1e-12)
        return share, 1.96 * spread / len(measured) ** 0.5


def _sampled(table: Table, fewest: int, tasks: int, ways: int, length: int, seeds: Seeds) -> tuple[tf.Tensor, tf.Tensor]:
    """Numbers of examples, and their classes as numbers within the stream, int32 `[tasks, length]` each."""
    classes = distinct(tf.fill([tasks], table.counts.shape[0]), ways, seeds(CLASSES))  # [tasks, ways], in random order
    items = distinct(tf.gather(table.counts, classes), min(fewest, length), seeds(ITEMS))  # [tasks, ways, items]
    which = tf.random.stateless_uniform([tasks, length], seeds(SIZES), 0, ways, tf.int32)
    one_hot = tf.one_hot(which, ways, dtype=tf.int32)
    before = tf.reduce_sum(tf.cumsum(one_hot, axis=1, exclusive=True) * one_hot, axis=2)  # of the same class
    place = which * items.shape[2] + before % items.shape[2]
    rows = tf.gather(tf.reshape(items, [tasks, -1]), place, batch_dims=1)
    first = tf.gather(tf.gather(table.starts, classes), which, batch_dims=1)
    return first + rows, which


def _tabulated(data: Labelled, ways: int) -> Table:
    if len(data.names) < ways:
        raise ZooError(f"{ways} ways of {len(data.names)} classes: ask for fewer ways, or give more classes.")
    return tabulate(data)


def _fewest(data: Labelled) -> int:
    """The fewest examples of a class."""
    return int(np.min(data.counts))
