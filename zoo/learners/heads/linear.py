"""The head of a linear classifier that is learned from the support by gradient steps, all of which are part of every export."""

from collections.abc import Callable
from typing import final

import tensorflow as tf

from zoo.layers import unit_rows, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner, fine_tuned
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.linear_refiner import LinearRefiner


@final
class Linear(KeptSupport):
    """Learned task: `kernel [B, D, ways]` and `bias [B, ways]`, and the support, see `KeptSupport`, to learn again from more.

    Args:
        steps: gradient steps of `adapt`.
        learning_rate, penalty: see `LinearRefiner`.
        unit: whether features are brought to length 1.
    """

    def __init__(self, steps: int, learning_rate: float | None, penalty: float, unit: bool):
        self.adapt_steps, self.learning_rate, self.penalty, self.unit = steps, learning_rate, penalty, unit

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        kept = super().adapt(support, support_y, support_size)
        return self._learned(kept["embedded"], kept["label"])

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        logits = tf.matmul(self._seen(query), task["kernel"]) + tf.expand_dims(task["bias"], 1)
        return without_empty(logits, tf.reduce_sum(task["label"], axis=1))

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return self._learned(*(tf.concat([task[name], other[name]], axis=1) for name in ("embedded", "label")))

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return super().task_axes() | {"kernel": ("tasks", None, "ways"), "bias": ("tasks", "ways")}

    def refiners(self, adapt: Callable[..., Tensors], embed: Callable[[tf.Tensor], tf.Tensor]) -> dict[str, Refiner]:
        """The steps of `adapt`, however many."""
        return {"head": self._refiner(embed)}

    def _refiner(self, embed: Callable[[tf.Tensor], tf.Tensor]) -> LinearRefiner:
        return LinearRefiner(embed, self._seen, self.learning_rate, self.penalty)

    def _learned(self, embedded: tf.Tensor, label: tf.Tensor) -> Tensors:
        tasks, rows = tf.shape(embedded)[0], tf.shape(embedded)[1]
        steps = tf.fill([tasks], self.adapt_steps)
        return fine_tuned(self._refiner(tf.identity), embedded, label, tf.fill([tasks], rows), steps)

    def _seen(self, rows: tf.Tensor) -> tf.Tensor:
        return unit_rows(rows) if self.unit else rows
