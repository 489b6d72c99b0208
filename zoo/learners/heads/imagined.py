"""Heads that learn of real and imagined examples: class means, matching by attention, and prototype matching.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, section 4; see `Imagination`.
"""

import abc
from collections.abc import Callable
from typing import final

import tensorflow as tf

from zoo.layers import AttentionKernel, canonical_order, class_means, clear_padding, merge_means, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.head import Head
from zoo.learners.heads.imagination import Imagination
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.votes import FullContext, Votes

Scores = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


@final
class ImaginedMeans(Head):
    """Learned task: the means of the real examples and of the imagined ones of each class, `real`, `imagined [B, ways, d]`.

    And `count [B, ways]`, the number of the real ones, so that more examples can be added exactly. A class is both together.

    Args:
        scores: minus the distances of queries to prototypes, `[B, M, d], [B, ways, d] -> [B, M, ways]`.
        imagination: what is imagined.
    """

    def __init__(self, scores: Scores, imagination: Imagination):
        self.scores, self.imagination = scores, imagination

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        seen = self.imagination.seen(clear_padding(support, support_size))
        real, count = class_means(seen[:, :, 0], support_y, support_size)
        imagined, _ = class_means(tf.reduce_mean(seen[:, :, 1:], axis=2), support_y, support_size)
        return {"real": real, "imagined": imagined, "count": count}

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        number = tf.ones_like(task["count"]) * self.imagination.imagined
        prototype, _ = merge_means(task["real"], task["count"], task["imagined"], number)
        return without_empty(self.scores(self.imagination.look(query), prototype), task["count"])

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        counts = task["count"], other["count"]
        real, count = merge_means(task["real"], counts[0], other["real"], counts[1])
        imagined, _ = merge_means(task["imagined"], counts[0], other["imagined"], counts[1])
        return {"real": real, "imagined": imagined, "count": count}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        means = ("tasks", "ways", None)
        return {"real": means, "imagined": means, "count": ("tasks", "ways")}


class _KeptImagined(KeptSupport):
    """Learned task: every example and after it those that it imagines, `embedded [B, N, rows, d]`, and `label [B, N, ways]`."""

    context: FullContext

    def __init__(self, imagination: Imagination):
        self.imagination = imagination

    @final
    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        kept = super().adapt(support, support_y, support_size)
        return self._finished({"embedded": self.imagination.seen(kept["embedded"]), "label": kept["label"]})

    @final
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return self._finished(super().merge(*({name: each[name] for name in ("embedded", "label")} for each in (task, other))))

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {"embedded": ("tasks", "kept", None, None)}

    @final
    def in_rows(self, task: Tensors) -> Tensors:
        """Real and imagined examples one after the other, `embedded [B, N * rows, d]`, and how much each counts, `label`."""
        return {"embedded": _flat(task["embedded"]), "label": _flat(self.imagination.weights(tf.maximum(task["label"], 0.0)))}

    def _finished(self, kept: Tensors) -> Tensors:
        some = tf.reduce_sum(kept["label"], axis=2, keepdims=True) > 0.0  # what has no label is not there
        embedded = kept["embedded"] * tf.cast(tf.expand_dims(some, 3), tf.float32)
        task = {"embedded": embedded, "label": kept["label"]}
        return task | self.read(self._in_context(embedded, tf.squeeze(some, 2)), self.in_rows(task)["label"])

    def _in_context(self, embedded: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
        """All conditioned on all, `[B, N, rows, d]`, in the order of the examples, each followed by those that it imagines.

        What is imagined may hardly differ from its example, so that an order of all rows would be one thing here, another there.
        """
        order, back = canonical_order(embedded[:, :, 0], real)
        number = self.imagination.rows
        size = number * tf.reduce_sum(tf.cast(real, tf.int32), axis=1)
        context = self.context.support(_flat(tf.gather(embedded, order, batch_dims=1)), size)
        return tf.gather(_apart(context, number), back, batch_dims=1)

    @abc.abstractmethod
    def read(self, context: tf.Tensor, weight: tf.Tensor) -> Tensors:
        """What a learned task has beside its examples: of these in their context `[B, N, rows, d]`, and how much each counts."""


@final
class ImaginedVotes(_KeptImagined):
    """Matching networks in which imagined examples vote too, see `Votes`; of a learned task also `context [B, N, rows, d]`."""

    def __init__(self, kernel: AttentionKernel, context: FullContext, imagination: Imagination):
        super().__init__(imagination)
        self.votes, self.context = Votes(kernel, context=context), context

    def read(self, context: tf.Tensor, weight: tf.Tensor) -> Tensors:
        return {"context": context}

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        return self.votes.logits(self.in_rows(task) | {"context": _flat(task["context"])}, self.imagination.look(query))

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {"context": ("tasks", "kept", None, None)}


@final
class PrototypeMatching(_KeptImagined):
    """Prototype matching: a class is the mean of its examples in their context, and a query reads the classes, not the examples.

    So a class with more examples, real or imagined, is not read more than others. Learned task: beside the examples
    `prototype [B, ways, d]`, and `count [B, ways]`, how much its examples count for.
    """

    def __init__(self, kernel: AttentionKernel, context: FullContext, imagination: Imagination):
        super().__init__(imagination)
        self.kernel, self.context = kernel, context

    def read(self, context: tf.Tensor, weight: tf.Tensor) -> Tensors:
        rows = _flat(context)
        tasks, number = tf.unstack(tf.shape(rows)[:2])
        prototype, count = class_means(rows, weight, tf.fill([tasks], number))
        return {"prototype": prototype, "count": count}

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        some = tf.cast(task["count"] > 0.0, tf.float32)
        read = self.context.query(self.imagination.look(query), task["prototype"], some)
        return without_empty(self.kernel(read, task["prototype"]), task["count"])

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {"prototype": ("tasks", "ways", None), "count": ("tasks", "ways")}


def _flat(rows: tf.Tensor) -> tf.Tensor:
    shape = tf.shape(rows)
    return tf.reshape(rows, tf.stack([shape[0], shape[1] * rows.shape[2], rows.shape[3] or shape[3]]))


def _apart(rows: tf.Tensor, number: int) -> tf.Tensor:
    shape = tf.shape(rows)
    return tf.reshape(rows, tf.stack([shape[0], shape[1] // number, number, rows.shape[2]]))
