"""Means over all parts of a batch that workers of a training share, where a layer or a loss needs what no part has alone.

After the synchronised batch normalisation of C. Peng et al., "MegDet: a large mini-batch object detector", 2018, section 3.2.
Most of a training step is a mean over tasks, which workers take of their parts and then of each other's. Moments of a batch, and
counts of what is in it, are not: these ask here, and get what one worker with the whole batch would have computed.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TypeAlias

import tensorflow as tf

Over: TypeAlias = Callable[[tf.Tensor], tf.Tensor]

_OVER: ContextVar[Over | None] = ContextVar("over", default=None)


@contextlib.contextmanager
def workers(over: Over) -> Iterator[None]:
    """What is traced in the block belongs to one of several workers.

    Args:
        over: the mean of a tensor over all workers, the same for each; they call it equally often, in the same order.
    """
    token = _OVER.set(over)
    try:
        yield
    finally:
        _OVER.reset(token)


def several() -> bool:
    """Whether this is one of several workers."""
    return _OVER.get() is not None


def mean(value: tf.Tensor) -> tf.Tensor:
    """The mean of a tensor over the workers, and the tensor itself where there is one worker.

    Its gradient is the mean of the workers' gradients, as theirs are averaged in the end.
    """
    over = _OVER.get()
    if over is None:
        return value

    @tf.custom_gradient
    def averaged(own: tf.Tensor) -> tuple[tf.Tensor, Over]:
        return over(own), over

    return averaged(value)


def row_mean(rows: tf.Tensor, axis: list[int]) -> tf.Tensor:
    """The mean over axes of the rows of all workers, who may have unequally many of them."""
    if not several():
        return tf.reduce_mean(rows, axis)
    total = tf.reduce_sum(rows, axis)
    return mean(total) / mean(tf.cast(tf.size(rows) / tf.size(total), rows.dtype))
