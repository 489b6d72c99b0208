"""Draw without replacement and in random order, for thousands of episodes at once, at a cost independent of the total."""

from collections.abc import Sequence

import tensorflow as tf


def distinct(count: tf.Tensor, number: int, seed: tf.Tensor) -> tf.Tensor:
    """Draw distinct numbers from 0 to count - 1, every set of them equally likely, every order too.

    R. Floyd's algorithm (J. Bentley, "Programming pearls: a sample of brilliance", 1987): one random number for each that is
    drawn, however many there are to draw from.

    Args:
        count: how many there are to draw from, integer `[...]`, each at least `number`.
        number: how many to draw.
        seed: int64 `[2]`.

    Returns:
        int32 `[..., number]`.
    """
    count = tf.cast(count, tf.int32)
    u = tf.random.stateless_uniform(tf.concat([tf.shape(count), [2 * number]], 0), seed)
    u = tf.ensure_shape(u, [*count.shape, 2 * number])  # half to choose, half to shuffle
    chosen = tf.zeros(tf.concat([tf.shape(count), [0]], 0), tf.int32)
    for at in range(number):
        last = count - number + at
        # A 23-bit u below 1 times an integer of at most 23 bits never rounds up to that integer.
        drawn = tf.cast(u[..., at] * tf.cast(last + 1, tf.float32), tf.int32)
        again = tf.reduce_any(chosen == drawn[..., None], axis=-1)
        chosen = tf.concat([chosen, tf.where(again, last, drawn)[..., None]], axis=-1)
    order = tf.argsort(u[..., number:], axis=-1)
    return tf.gather(chosen, order, batch_dims=count.shape.rank)


def shuffled(values: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Put the numbers `[..., n]` of each row in random order."""
    u = tf.ensure_shape(tf.random.stateless_uniform(tf.shape(values), seed), values.shape)
    return tf.gather(values, tf.argsort(u, axis=-1), batch_dims=values.shape.rank - 1)


def distinct_in_groups(
    groups: tf.Tensor, classes: int, hard: tuple[int, int], number: int, seed: tuple[int, Sequence[tf.Tensor]]
) -> tf.Tensor:
    """Draw distinct classes of which some come from a few groups.

    Args:
        groups: first class and number of classes of every group that is large enough, int32 `[groups, 2]`.
        classes: how many classes there are in all, those in no group of `groups` included.
        hard: how many groups are drawn, and how many classes from each.
        number: how many classes to draw in all; the rest are drawn from all classes outside those groups.
        seed: `(tasks, seeds)`: how many tasks to draw for, and four seeds int64 `[2]`.

    Returns:
        int32 `[tasks, number]`, in random order.
    """
    tasks, words = seed
    picked = distinct(tf.fill([tasks], tf.shape(groups)[0]), hard[0], words[0])
    bounds = tf.gather(groups, picked)  # [tasks, hard groups, 2]
    near = bounds[..., :1] + distinct(bounds[..., 1], hard[1], words[1])
    near = tf.reshape(near, [tasks, hard[0] * hard[1]])
    far = number - hard[0] * hard[1]
    if far:
        rest = distinct(classes - tf.reduce_sum(bounds[..., 1], axis=-1), far, words[2])
        by_start = tf.gather(bounds, tf.argsort(bounds[..., 0], axis=-1), batch_dims=1)
        for at in range(hard[0]):  # step over the groups, the first of them first
            start, size = by_start[:, at, :1], by_start[:, at, 1:]
            rest = tf.where(rest >= start, rest + size, rest)
        near = tf.concat([near, rest], axis=1)
    return shuffled(near, words[3])
