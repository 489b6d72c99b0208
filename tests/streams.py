"""What tests do with streams of episodes: take steps as arrays, and compare them to the bit."""

import numpy as np
import tensorflow as tf


def steps(dataset, count):
    """The first `count` steps of a stream, as arrays."""
    return [tf.nest.map_structure(lambda part: part.numpy(), step) for step in dataset.take(count)]


def same(one, other):
    """Whether two steps, or lists of steps, hold the same bits."""
    return all(np.array_equal(a, b) for a, b in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True))


def every_x(step):
    """All examples of a step, support first: `[B, N + M, ...]`."""
    return np.concatenate([step[0]["support_x"], step[0]["query_x"]], axis=1)
