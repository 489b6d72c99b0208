"""The head of class means: a class is the mean of its embedded examples, and a query has the class of the nearest mean.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, equations 1 and 2.
"""

from collections.abc import Callable

import tensorflow as tf

from zoo.layers import class_means, merge_means, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.head import Head


class Means(Head):
    """Learned task: `prototype [B, ways, D]`, and `count [B, ways]`, the examples that each stands for.

    Args:
        scores: minus the distances of queries to prototypes, `[B, M, D], [B, ways, D] -> [B, M, ways]`, see `PrototypeLogits`.
        transform: of embeddings before means and distances are taken, `[B, N, D] -> [B, N, D]`.
    """

    def __init__(
        self,
        scores: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
        transform: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
    ):
        self.scores, self.transform = scores, transform

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        prototype, count = class_means(self.transform(support), support_y, support_size)
        return {"prototype": prototype, "count": count}

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        return without_empty(self.scores(self.transform(query), task["prototype"]), task["count"])

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        prototype, count = merge_means(task["prototype"], task["count"], other["prototype"], other["count"])
        return {"prototype": prototype, "count": count}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return {"prototype": ("tasks", "ways", None), "count": ("tasks", "ways")}
