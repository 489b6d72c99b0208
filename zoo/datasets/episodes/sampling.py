"""Sample examples of chosen classes into support and query, for many episodes at once and from a seed."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Tasks
from zoo.datasets.episodes.choosing import distinct
from zoo.datasets.images.augmentation import Augmentation
from zoo.datasets.images.colour_augmentation import ColourAugmentation
from zoo.datasets.labelled import Labelled, Source
from zoo.utils.errors import ZooError

Distortion = Augmentation | ColourAugmentation
Seeds = Callable[[int], tf.Tensor]  # a purpose to its seed
Parts = tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]  # of an episode

CHUNK = 100  # tasks of an evaluation drawn at once

# Streams that share a seed must never share a random number: each stream and each purpose adds its own constant to the seed.
TRAINING_STREAM, EVALUATION_STREAM, TRIALS_STREAM, STREAMS_OF_TRAINING, STREAMS_OF_EVALUATION = range(5)
CLASSES, ITEMS, SIZES, SUPPORT, QUERY, DISTORTION, WAYS, QUERIES, GROUP, NEAR, FAR, MIXED = range(12)


class Table(NamedTuple):
    """Labelled data as tensors: examples, first example and number of examples of each class, and the bounds of the groups."""

    x: tf.Tensor
    starts: tf.Tensor
    counts: tf.Tensor
    groups: tf.Tensor

    def images(self, rows: tf.Tensor) -> tf.Tensor:
        """Examples by number, `[...]` -> float32 `[..., *shape]`; uint8 becomes 0 to 1."""
        found = tf.gather(self.x, rows)
        return tf.cast(found, tf.float32) * (1 / 255) if self.x.dtype == tf.uint8 else found


class Sampled(NamedTuple):
    """The examples sampled for tasks, by number: small tensors `[T, ...]`, so that many steps are sampled at once.

    Attributes:
        rows: examples of every class, the support's first, int32 `[T, ways, most shots + queries]`.
        shots: how many support examples each class has, int32 `[T, ways]`.
        support_order, query_order: uniform random numbers whose order is that of the rows of an episode, `[T, ways * most shots]`
            and `[T, ways * queries]`.
        components: of the distortions, `[T, ways, n]` or `[T, rows, n]`; zeros `[T, 1]` without distortions, as `tf.data` of
            TensorFlow 2.21 crashes when it takes empty tensors apart.
    """

    rows: tf.Tensor
    shots: tf.Tensor
    support_order: tf.Tensor
    query_order: tf.Tensor
    components: tf.Tensor


def derived_seed(stream: int, purpose: int, seed: int, block: int | tf.Tensor) -> tf.Tensor:
    """Seed of one purpose in one block of a stream, int64 `[2]`."""
    return tf.stack([tf.constant((32 * stream + purpose << 36) + seed, tf.int64), tf.cast(block, tf.int64)])


@functools.lru_cache(maxsize=8)
def loaded(source: Source, parts: tuple[str, ...], rotations: bool, mirrors: bool = False) -> Labelled:
    """The classes of several parts of a source, read once in a process."""
    return source.load_all(parts, rotations, mirrors)


def tabulate(data: Labelled, group_size: int = 0) -> Table:
    """Turn labelled data into tensors; of the groups those with `group_size` classes or more."""
    groups = [(first, size) for _, first, size in data.runs() if size >= group_size]
    numbers = (data.starts, data.counts, np.array(groups, np.int32).reshape(-1, 2))
    with tf.device("CPU"):  # episodes are sampled where the data is, and leave an accelerator to the learner
        return Table(tf.constant(data.x), *(tf.constant(each, tf.int32) for each in numbers))


def sample_examples(
    table: Table, classes: tf.Tensor, shots: tuple[int, int], queries: int, seeds: Seeds, augment: Distortion | None = None
) -> Sampled:
    """Sample examples of given classes.

    Args:
        table: the data.
        classes: distinct classes of each task, in the order of its labels, int32 `[T, ways]`.
        shots: fewest and most shots of a class.
        queries: most queries of a class.
        seeds: maps a purpose to its seed.
        augment: distortions, if any.
    """
    (tasks, ways), (fewest, most) = classes.shape, shots
    items = distinct(tf.gather(table.counts, classes), most + queries, seeds(ITEMS))
    distorted = 1 if augment is None else ways if augment.per_class else ways * (most + queries)
    return Sampled(
        tf.gather(table.starts, classes)[..., None] + items,
        tf.random.stateless_uniform([tasks, ways], seeds(SIZES), fewest, most + 1, tf.int32),
        tf.random.stateless_uniform([tasks, ways * most], seeds(SUPPORT)),
        tf.random.stateless_uniform([tasks, ways * queries], seeds(QUERY)),
        augment.components([tasks, distorted], seeds(DISTORTION)) if augment else tf.zeros([tasks, distorted]),
    )


def fetch_examples(
    table: Table, sampled: Sampled, ways: int | tf.Tensor, most: int, queries: int | tf.Tensor, augment: Distortion | None = None
) -> Parts:
    """Fetch sampled examples and put them in order.

    Args:
        table: the data.
        sampled: which examples.
        ways: classes of each task, the first of those that were sampled; a number or a scalar tensor.
        most: most shots of a class.
        queries: queries of each class; a number or a scalar tensor.
        augment: distortions, if any.

    Returns:
        support_x, support_y, support_size, query_x and query_y, each `[T, ...]`.
    """
    rows, shots = sampled.rows[:, :ways], sampled.shots[:, :ways]
    tasks, support_count, query_count = rows.shape[0], ways * most, ways * queries
    real = tf.reshape(tf.range(most) < shots[..., None], [tasks, support_count])
    support = tf.argsort(
        tf.where(real, 0.0, 1.0) + sampled.support_order[:, :support_count], axis=-1
    )  # what is not real comes last
    query = tf.argsort(sampled.query_order[:, :query_count], axis=-1)
    support_rows = tf.gather(tf.reshape(rows[..., :most], [tasks, support_count]), support, batch_dims=1)
    query_rows = tf.gather(tf.reshape(rows[..., most : most + queries], [tasks, query_count]), query, batch_dims=1)
    support_label, query_label, size = support // most, query // queries, tf.reduce_sum(shots, axis=1)
    support_x, query_x = table.images(support_rows), table.images(query_rows)
    if augment is not None:
        label = tf.concat([support_label, query_label], axis=1)
        x = distorted(tf.concat([support_x, query_x], axis=1), label, augment, sampled.components)
        support_x, query_x = x[:, :support_count], x[:, support_count:]
    # A label of minus one is a row of zeros.
    support_y = tf.one_hot(tf.where(tf.range(support_count) < size[:, None], support_label, -1), ways)
    return support_x, support_y, size, query_x, tf.one_hot(query_label, ways)


def draw_in_chunks(draw_chunk: Callable[[int, int, int], Sequence[tf.Tensor]], tasks: int, kind: Any = Tasks) -> Any:
    """Draw tasks chunk by chunk, so that memory holds them once only.

    Args:
        draw_chunk: maps the number of a chunk, its number of tasks, and the number of its first task to the parts of an episode.
        tasks: how many in all.
        kind: the named tuple that holds the parts.

    Raises:
        ZooError: for fewer than one.
    """
    if tasks < 1:
        raise ZooError(f"tasks={tasks}: draw one or more.")
    whole: list[np.ndarray] = []
    for at in range(0, tasks, CHUNK):
        count = min(CHUNK, tasks - at)
        with tf.device("CPU"):
            parts = draw_chunk(at // CHUNK, count, at)
        whole = whole or [np.empty([tasks, *part.shape[1:]], part.dtype.as_numpy_dtype) for part in parts]
        for into, part in zip(whole, parts, strict=True):
            into[at : at + count] = part.numpy()
    return kind(*whole)


def distorted(x: tf.Tensor, label: tf.Tensor, augment: Distortion, components: tf.Tensor) -> tf.Tensor:
    """Images `[T, rows, *shape]`, each with a distortion of its own or of its class."""
    components = tf.gather(components, label, batch_dims=1) if augment.per_class else components[:, : tf.shape(label)[1]]
    flat = augment.distort(tf.reshape(x, [-1, *x.shape[2:]]), tf.reshape(components, [-1, components.shape[-1]]))
    return tf.ensure_shape(tf.reshape(flat, tf.shape(x)), x.shape)
