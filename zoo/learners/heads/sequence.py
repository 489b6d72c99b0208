"""The head of sequence learners: the labelled support is a sequence, and each query its continuation, whose label is wanted.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 3.1: every place is an
embedding beside its one-hot label, and that of the query zeros. Departures: several queries each continue the same support, so
that none sees another; and a class is known by when it first appeared rather than by a number drawn at random, so that neither
names nor classes that come later change what is made of the examples before.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, final

import tensorflow as tf

from zoo.layers import without_empty
from zoo.learners.appearance import appearance
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport


class Block(Protocol):
    """A causal layer, see `zoo.layers.causal`."""

    def __call__(self, sequence: tf.Tensor) -> tf.Tensor:
        """A whole sequence, `[B, T, C] -> [B, T, C']`."""

    def last(self, query: tf.Tensor, sequence: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
        """Queries, each behind the first `size [B]` places: `[B, M, C], [B, T, C] -> [B, M, C']`."""


@final
class SequenceHead(KeptSupport):
    """Learned task: the embedded support in order and its labels, see `KeptSupport`; rows without a label are skipped.

    Args:
        blocks: causal layers, one after the other.
        readout: what comes out of them to logits, `[B, M, C] -> [B, M, ways]`.
        ways: how many classes a sequence may have; examples of the classes that appear after so many are skipped.
        dtype: that the blocks compute in.
    """

    def __init__(self, blocks: Sequence[Block], readout: Callable[[tf.Tensor], Any], ways: int, dtype: str = "float32"):
        self.blocks, self.readout, self.ways, self.dtype = blocks, readout, ways, dtype

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        label = tf.maximum(task["label"], 0.0)
        slot = appearance(label, self.ways)  # [B, ways of the task, ways]
        embedded, label, size = labelled_first(task["embedded"], tf.matmul(label, slot))
        sequence = tf.cast(tf.concat([embedded, label], axis=2), self.dtype)
        unknown = tf.zeros(tf.stack([tf.shape(query)[0], tf.shape(query)[1], self.ways]), query.dtype)
        query = tf.cast(tf.concat([query, unknown], axis=2), self.dtype)
        for number, block in enumerate(self.blocks):
            after = block.last(query, sequence, size)
            if number + 1 < len(self.blocks):
                sequence = block(sequence)
            query = after
        logits = tf.matmul(tf.cast(self.readout(query), tf.float32), slot, transpose_b=True)
        return without_empty(logits, tf.reduce_sum(slot, axis=2))


def labelled_first(embedded: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Rows with a label first, in their order, and how many they are: `[B, N, D], [B, N, K], int32 [B]`."""
    real = tf.reduce_sum(label, axis=2) > 0.0  # [B, N]
    rows = tf.shape(real)[1]
    place = tf.zeros_like(label[:, :, 0]) + tf.expand_dims(tf.cast(tf.range(rows), label.dtype), 0)
    key = tf.where(real, -place, -place - tf.cast(rows, label.dtype))
    order = tf.argsort(key, axis=1, direction="DESCENDING", stable=True)
    size = tf.reduce_sum(tf.cast(real, tf.int32), axis=1)
    return tf.gather(embedded, order, batch_dims=1), tf.gather(label, order, batch_dims=1), size
