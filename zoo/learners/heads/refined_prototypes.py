"""The head of prototypes that examples without a label refine: one step of k-means whose clusters are the classes.

M. Ren, E. Triantafillou, S. Ravi, J. Snell, K. Swersky, J. Tenenbaum, H. Larochelle, R. Zemel, "Meta-learning for semi-supervised
few-shot classification", 2018, section 3.1. A refinement does not add up, so the support is kept: a task that learns more is made
anew of all examples, labelled or not.
"""

from collections.abc import Callable
from typing import final

import tensorflow as tf

from zoo.layers import DistractorCluster, class_means, clear_padding, squared_distances, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.prototypes import left_out

KEPT = ("embedded", "label", "real")
REFINED = ("prototype", "weights", "distractor_score")


@final
class RefinedPrototypes(KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`, `real [B, N]`, 0 for padding, and what they make.

    That is `prototype [B, ways, D]`, refined; `weights [B, N, ways]`, how much each example without a label counts, 0 for all
    others; `distractor_score [B, N]`, see `zoo.layers.unlabelled`; `count [B, ways]`, the labelled examples and the weights; and
    `spread [B, ways]`, the sum of all squared distances to the prototype, weighted.

    Args:
        weigh: what weighs examples without a label: `SoftAssignment`, `DistractorCluster` or `SoftMask`.
        scores: minus the squared distances of queries to prototypes, `[B, M, D], [B, ways, D] -> [B, M, ways]`.
        fix_last_row: whether in training the cluster of distractors stays at the origin for queries, as in the paper; in the
            authors' code it moves to the mean of what is assigned to it.
    """

    def __init__(
        self,
        weigh: Callable[..., tuple[tf.Tensor, tf.Tensor]],
        scores: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
        fix_last_row: bool = True,
    ):
        self.weigh, self.distances, self.fix_last_row = weigh, scores, fix_last_row

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        kept = super().adapt(support, support_y, support_size)
        one = tf.ones_like(kept["embedded"][:, :, :1])
        return self._learned(kept | {"real": tf.squeeze(clear_padding(one, support_size), 2)})

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return self._learned(super().merge(*({name: each[name] for name in KEPT} for each in (task, other))))

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        return without_empty(self.scores(query, task["prototype"]), task["count"])

    def scores(self, query: tf.Tensor, prototype: tf.Tensor) -> tf.Tensor:
        """As a row without a label is scored: beside a cluster by half the distance."""
        scores = self.distances(query, prototype)
        return scores / 2.0 if isinstance(self.weigh, DistractorCluster) else scores

    def training_logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        """With a cluster of distractors, it is a class more in training, of which no query is, `[B, M, ways + 1]`."""
        logits = self.logits(task, query)
        if not isinstance(self.weigh, DistractorCluster):
            return logits
        odd = tf.expand_dims(task["distractor_score"], 2)  # [B, N, 1]
        total = tf.reduce_sum(odd, axis=1, keepdims=True)  # [B, 1, 1]
        mean = tf.matmul(odd, task["embedded"], transpose_a=True) / tf.where(total > 0.0, total, tf.ones_like(total))
        centre = tf.zeros_like(mean) if self.fix_last_row else mean  # [B, 1, D]
        return tf.concat([logits, self.weigh.column(query, centre)], axis=2)

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        of_row = {"real": ("tasks", "kept"), "weights": ("tasks", "kept", "ways"), "distractor_score": ("tasks", "kept")}
        of_class = {"prototype": ("tasks", "ways", None), "count": ("tasks", "ways"), "spread": ("tasks", "ways")}
        return super().task_axes() | of_row | of_class

    def leave_one_out(self, task: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        return left_out(task)

    def _learned(self, kept: Tensors) -> Tensors:
        embedded, label, real = (kept[name] for name in KEPT)
        label = tf.maximum(label, 0.0)
        every = tf.fill(tf.shape(label)[:1], tf.shape(label)[1])
        start, count = class_means(embedded, label, every)
        free = tf.where(tf.reduce_sum(label, axis=2) > 0.0, tf.zeros_like(real), real)  # [B, N]
        weights, odd = self.weigh(start, count, embedded, free)
        both = label + weights  # [B, N, ways]
        prototype, total = class_means(embedded, both, every)
        spread = tf.reduce_sum(both * squared_distances(embedded, prototype), axis=1)
        learned = {"prototype": prototype, "count": total, "spread": spread}
        return kept | {"weights": weights, "distractor_score": odd} | learned
