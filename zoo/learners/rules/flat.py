"""The weights of a task as one vector: what a rule reads that takes every number of every weight for a coordinate."""

from collections.abc import Mapping

import tensorflow as tf

from zoo.learners.endpoint import Tensors


def flat(tensors: Mapping[str, tf.Tensor]) -> tf.Tensor:
    """One vector of each task, by the names in order: `dict of [B, ...] -> [B, P]`."""
    parts = [tf.reshape(tensors[name], [-1, _numbers(tensors[name])]) for name in sorted(tensors)]
    return tf.concat(parts, axis=1)


def parted(vector: tf.Tensor, like: Mapping[str, tf.Tensor]) -> Tensors:
    """The inverse: `[B, P]` to a dict of the names and shapes of another."""
    names = sorted(like)
    sizes = [_numbers(like[name]) for name in names]
    known = all(isinstance(size, int) for size in sizes)
    parts = tf.split(vector, sizes if known else tf.stack(sizes), axis=1, num=len(names))
    return {name: _shaped(part, like[name]) for name, part in zip(names, parts, strict=True)}


def _numbers(tensor: tf.Tensor) -> int | tf.Tensor:
    """Of each task; a tensor where an axis may have any size."""
    known = tensor.shape[1:].num_elements()
    return tf.reduce_prod(tf.shape(tensor)[1:]) if known is None else int(known)


def _shaped(part: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    if like.shape[1:].is_fully_defined():
        return tf.reshape(part, [-1, *like.shape[1:]])
    shaped = tf.reshape(part, tf.concat([[-1], tf.shape(like)[1:]], axis=0))
    shaped.set_shape(like.shape)  # no operation: LiteRT has none for `tf.ensure_shape`
    return shaped
