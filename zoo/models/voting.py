"""Classifiers in which every example of the support votes on a query, as matching networks are."""

import abc

import tensorflow as tf

from zoo.layers import AttentionKernel, attention, without_empty
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.models.kept_support import KeptSupport
from zoo.models.pair_losses import pair_loss
from zoo.models.picture_classifier import PictureClassifier

NO_VOTE = -1e9  # logarithm of the weight of an example in the vote for a class that is not its own


class Voting(PictureClassifier, KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`.

    A logit is the logarithm of a class's share of the vote, so the softmax gives the vote back: it is a probability already, and
    one more softmax over the votes themselves would flatten it. The config has `kernel`, see `AttentionKernel`, and `pairs`,
    weight in training of a second loss, in which every example of the support is alone against each other one.
    """

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.kernel = AttentionKernel(self.config.kernel, dtype="float32", name="kernel")
        self.kernel.build((None, None, 1))

    @abc.abstractmethod
    def likeness(self, task: Tensors, query, real):
        """How alike embedded queries are to the examples of a task, bool `real [B, N]` of which are no padding: `[B, M, N]`."""

    def auxiliary_losses(self, support, support_y, support_size):
        weight = self.config.pairs
        return [weight * pair_loss(self.kernel(support, support), support_y, support_size)] if weight else []

    def apply_embedded(self, task, query):
        # In logarithms throughout: a vote of 1e-20 is as exact as one of a half, in every runtime.
        label = tf.maximum(task["label"], 0.0)
        weight = tf.where(label > 0.0, tf.math.log(tf.maximum(label, 1e-30)), tf.fill(tf.shape(label), NO_VOTE))
        likeness = self.likeness(task, query, tf.reduce_sum(label, axis=2) > 0.0)  # [B, M, N]
        vote = _log_sum(tf.expand_dims(likeness, 3) + tf.expand_dims(weight, 1), axis=2)  # [B, M, ways]
        return without_empty(vote - tf.expand_dims(_log_sum(vote, axis=2), 2), tf.reduce_sum(label, axis=1))

    def attention(self, task: Tensors, query_x):
        """How much each example of the support counts in the vote on each query: `dict of [B, ...], [B, M, ...] -> [B, M, N]`."""
        return self._attention(task, self._embedded(query_x))

    def endpoints(self) -> dict[str, Endpoint]:
        """Those of every classifier, and `attention`, which explains a vote."""
        endpoints = super().endpoints()
        apply = endpoints["apply"]
        return endpoints | {"attention": Endpoint(self._explain, apply.inputs, apply.axes)}

    def _explain(self, query_x, **task) -> Tensors:
        return {"attention": self.attention(task, query_x)}

    def _attention(self, task: Tensors, query):
        real = tf.reduce_sum(tf.maximum(task["label"], 0.0), axis=2) > 0.0
        return attention(self.likeness(task, query, real), real)


def _log_sum(x, axis: int):
    """Logarithm of the sum of exponentials, of operations that every runtime has."""
    top = tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))
    return tf.squeeze(top, axis) + tf.math.log(tf.reduce_sum(tf.exp(x - top), axis=axis))
