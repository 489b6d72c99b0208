"""Heads that learn of real and imagined examples: class means, matching by attention, and prototype matching.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, section 4; see `Imagination`.
"""

import abc
from collections.abc import Callable
from typing import final

import tensorflow as tf

from zoo.layers import AttentionKernel, class_means, clear_padding, merge_means, without_empty
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
    """Learned task: every real example and after it those that it imagines, `embedded [B, N * rows, d]`, with `label`.

    `label [B, N * rows, ways]` says how much each counts.
    """

    def __init__(self, imagination: Imagination):
        self.imagination = imagination

    @final
    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        kept = super().adapt(support, support_y, support_size)
        return self._finished(self.imagination.seen(kept["embedded"]), kept["label"])

    @final
    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        both = super().merge(*({name: each[name] for name in ("embedded", "label")} for each in (task, other)))
        apart = {name: self._apart(part) for name, part in both.items()}
        return self._finished(apart["embedded"], apart["label"][:, :, 0])

    def _finished(self, seen: tf.Tensor, label: tf.Tensor) -> Tensors:
        """The learned task of `[B, N, rows, d]` and one-hot labels of the real ones, `[B, N, ways]`."""
        weight = self.imagination.weights(label)
        some = tf.cast(tf.reduce_sum(weight, axis=3, keepdims=True) > 0.0, seen.dtype)  # what has no label is not there
        kept = {"embedded": _flat(seen * some), "label": _flat(weight)}
        return kept | self.in_context(kept)

    def _apart(self, kept: tf.Tensor) -> tf.Tensor:
        shape, rows = tf.shape(kept), self.imagination.rows
        return tf.reshape(kept, tf.stack([shape[0], shape[1] // rows, rows, kept.shape[2] or shape[2]]))

    @abc.abstractmethod
    def in_context(self, kept: Tensors) -> Tensors:
        """What a learned task has beside its examples."""


@final
class ImaginedVotes(_KeptImagined):
    """Matching networks in which imagined examples vote too; see `Votes`."""

    def __init__(self, kernel: AttentionKernel, context: FullContext, imagination: Imagination):
        super().__init__(imagination)
        self.votes, self.context = Votes(kernel, context=context), context

    def in_context(self, kept: Tensors) -> Tensors:
        return {"context": self.context.examples(kept["embedded"], _some(kept["label"]))}

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        return self.votes.logits(task, self.imagination.look(query))

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {"context": ("tasks", "kept", None)}


@final
class PrototypeMatching(_KeptImagined):
    """Prototype matching: a class is the mean of its examples in their context, and a query reads the classes, not the examples.

    So a class with more examples, real or imagined, is not read more than others. Learned task: beside the examples
    `prototype [B, ways, d]`, and `count [B, ways]`, how much its examples count for.
    """

    def __init__(self, kernel: AttentionKernel, context: FullContext, imagination: Imagination):
        super().__init__(imagination)
        self.kernel, self.context = kernel, context

    def in_context(self, kept: Tensors) -> Tensors:
        context = self.context.examples(kept["embedded"], _some(kept["label"]))
        size = tf.ones_like(kept["label"][:, 0, 0], tf.int32) * tf.shape(kept["label"])[1]
        prototype, count = class_means(context, kept["label"], size)
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


def _some(label: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(label, axis=2) > 0.0
