"""Trials within a group, such as an alphabet: classes of one group, whose queries are by another drawer than their support.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015, sampled as
in G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015.
"""

import functools

import tensorflow as tf

from zoo.datasets.benchmark import Tasks
from zoo.datasets.episodes.choosing import distinct, shuffled
from zoo.datasets.episodes.sampling import CLASSES, ITEMS, QUERY, TRIALS_STREAM, Parts, derived_seed, draw_in_chunks, tabulate
from zoo.datasets.labelled import Labelled
from zoo.utils.errors import ZooError

WAYS = 20


def draw_trials(data: Labelled, tasks: int, seed: int, ways: int = WAYS, shots: int = 1) -> Tasks:
    """Draw trials, as many from every group that is large enough (one more or less where the number does not divide).

    Args:
        data: has groups, and its examples their drawer as number within the class.
        tasks: how many trials; each has one query for each class.
        seed: the same seed, the same trials.
        ways: classes of a trial.
        shots: drawers whose drawings are the support; the queries are by one more.

    Raises:
        ZooError: if no group has so many classes, or there are too few drawers.
    """
    table = tabulate(data, ways)
    drawers = int(data.counts.min())
    if not len(table.groups) or shots + 1 > drawers:
        largest = max((size for *_, size in data.runs()), default=0)
        raise ZooError(
            f"ways={ways}, shots={shots}: the largest group has {largest} classes with {drawers} examples of each, and "
            "trials within a group need as many as the ways, and one example more than the shots."
        )

    def draw_chunk(chunk: int, count: int, first: int) -> Parts:
        seeds = functools.partial(derived_seed, TRIALS_STREAM, seed=seed, block=chunk)
        bounds = tf.gather(table.groups, (first + tf.range(count)) % len(table.groups))
        classes = bounds[:, :1] + distinct(bounds[:, 1], ways, seeds(CLASSES))
        by = distinct(tf.fill([count], drawers), shots + 1, seeds(ITEMS))
        rows = tf.gather(table.starts, classes)[:, None] + by[..., None]  # [tasks, drawers, ways]
        query = shuffled(tf.tile(tf.range(ways)[None], [count, 1]), seeds(QUERY))
        label = tf.concat([tf.tile(tf.range(ways)[None], [count, shots]), query], axis=1)
        support, query_rows = tf.reshape(rows[:, :shots], [count, -1]), tf.gather(rows[:, shots], query, batch_dims=1)
        x = table.images(tf.concat([support, query_rows], axis=1))
        y, split = tf.one_hot(label, ways), ways * shots
        return x[:, :split], y[:, :split], tf.fill([count], split), x[:, split:], y[:, split:]

    return draw_in_chunks(draw_chunk, tasks)
