"""The weights of a task as one vector: what a rule reads that takes every number of every weight for a coordinate."""

from collections.abc import Mapping

import tensorflow as tf

from zoo.learners.endpoint import Tensors


def flat(tensors: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """One vector of each task, by the names in order: `dict of [B, ...] -> [B, P]`. All sizes but B must be known."""
    parts = [tf.reshape(tensors[name], [-1, _numbers(tensors[name])]) for name in sorted(tensors)]
    return tf.concat(parts, axis=1)


def parted(vector: tf.Tensor, like: Mapping[str, tf.Tensor]) -> Tensors:
    """The inverse: `[B, P]` to a dict of the names and shapes of another."""
    names = sorted(like)
    parts = tf.split(vector, [_numbers(like[name]) for name in names], axis=1)
    return {name: tf.reshape(part, [-1, *like[name].shape[1:]]) for name, part in zip(names, parts, strict=True)}


def _numbers(tensor: tf.Tensor) -> int:
    return int(tensor.shape[1:].num_elements())
