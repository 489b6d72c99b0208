"""The head of matching networks: a query is a vote of the examples, each weighted by how alike the two are.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016, equation 1:
P(y | x, S) = sum of a(x, x_i) y_i; and, with a context, g(x_i, S) and f(x, S) of section 2.1.
"""

from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import AttentionKernel, QueryContext, SupportContext, attention, canonical_order, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.pair_losses import pair_loss

NO_VOTE = -1e9  # logarithm of the weight of an example in the vote for a class that is not its own


@final
@dataclass(frozen=True, eq=False)
class FullContext:
    """Layers that condition examples, and queries, on the full support set.

    Attributes:
        support: g, of the examples.
        query: f, of the queries.
    """

    support: SupportContext
    query: QueryContext

    def examples(self, embedded: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
        """Support embeddings `[B, N, D]`, bool `[B, N]` of which are real, conditioned on the full support set.

        An LSTM reads its rows in some order, and the paper takes a random one, so that the same support gives now one answer and
        now another. Here rows are read in an order of their own, `canonical_order`: neither the order in which examples came nor
        the names of the classes change anything, and an updated task is the task of all examples.
        """
        order, back = canonical_order(embedded, real)
        size = tf.reduce_sum(tf.cast(real, tf.int32), axis=1)
        context = self.support(tf.gather(embedded, order, batch_dims=1), size)
        return tf.gather(context, back, batch_dims=1)


@final
class Votes(KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`; with a context also `context [B, N, D]`.

    A logit is the logarithm of a class's share of the vote, so the softmax gives the vote back: it is a probability already, and
    one more softmax over the votes themselves would flatten it.

    Args:
        kernel: how alike two embeddings are.
        pairs: weight in training of a second loss, in which every example of the support is alone against each other one.
        context: full context embeddings, or None.
    """

    def __init__(self, kernel: AttentionKernel, pairs: float = 0.0, context: FullContext | None = None):
        self.kernel, self.pairs, self.context = kernel, pairs, context

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self._in_context(super().adapt(support, support_y, support_size))

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        kept = ("embedded", "label")
        return self._in_context(super().merge({name: task[name] for name in kept}, {name: other[name] for name in kept}))

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | ({"context": ("tasks", "kept", None)} if self.context else {})

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        # In logarithms throughout: a vote of 1e-20 is as exact as one of a half, in every runtime.
        label = tf.maximum(task["label"], 0.0)
        weight = tf.where(label > 0.0, tf.math.log(tf.maximum(label, 1e-30)), tf.fill(tf.shape(label), NO_VOTE))
        likeness = self._likeness(task, query, tf.reduce_sum(label, axis=2) > 0.0)  # [B, M, N]
        vote = _log_sum(tf.expand_dims(likeness, 3) + tf.expand_dims(weight, 1), axis=2)  # [B, M, ways]
        return without_empty(vote - tf.expand_dims(_log_sum(vote, axis=2), 2), tf.reduce_sum(label, axis=1))

    def attention(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        """How much each example of the support counts in the vote on each query: `dict of [B, ...], [B, M, D] -> [B, M, N]`."""
        real = tf.reduce_sum(tf.maximum(task["label"], 0.0), axis=2) > 0.0
        return attention(self._likeness(task, query, real), real)

    def auxiliary_losses(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> list[tf.Tensor]:
        return [self.pairs * pair_loss(self.kernel(support, support), support_y, support_size)] if self.pairs else []

    def _likeness(self, task: Tensors, query: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
        """How alike queries are to the examples, bool `real [B, N]` of which are no padding: `[B, M, N]`."""
        if self.context is None:
            return self.kernel(query, task["embedded"])
        return self.kernel(self.context.query(query, task["context"], tf.cast(real, tf.float32)), task["context"])

    def _in_context(self, task: Tensors) -> Tensors:
        if self.context is None:
            return task
        return task | {"context": self.context.examples(task["embedded"], tf.reduce_sum(task["label"], axis=2) > 0.0)}


def _log_sum(x: tf.Tensor, axis: int) -> tf.Tensor:
    """Logarithm of the sum of exponentials, of operations that every runtime has."""
    top = tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))
    return tf.squeeze(top, axis) + tf.math.log(tf.reduce_sum(tf.exp(x - top), axis=axis))
