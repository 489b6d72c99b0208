"""The head of prototypical networks: class means that know the spread of their examples, and can be fine-tuned.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017. With the squared Euclidean distance a
prototype classifier is a linear one with weights 2 c and biases -|c|^2 (section 2.4), so gradient steps on the prototypes are the
fine-tuning of a linear classifier that starts at the prototypes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import class_spreads, clear_padding, merge_spreads
from zoo.layers.prototypes import PrototypeLogits
from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import Refiner
from zoo.learners.heads.means import Means
from zoo.learners.heads.pair_losses import pair_loss
from zoo.learners.rules.adam import Adam

RATE = 1e-2  # of Adam on prototypes


@final
class Prototypes(Means):
    """Learned task: `prototype [B, ways, D]`, and of each the examples that it stands for, `count [B, ways]`, and their `spread`.

    `spread [B, ways]` is the sum of the examples' squared distances to their prototype; the temperature is learned from it.

    Args:
        scores: a `PrototypeLogits`.
        pairs: weight in training of a second loss, in which every example of the support is alone against each other one.
    """

    def __init__(self, scores: PrototypeLogits, pairs: float = 0.0):
        super().__init__(scores)
        self.distance, self.pairs = scores.distance, pairs

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        task = super().adapt(support, support_y, support_size)
        return task | {"spread": class_spreads(support, support_y, support_size, task["prototype"])}

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return super().merge(task, other) | {"spread": merge_spreads(task, other)}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return {**super().task_axes(), "spread": ("tasks", "ways")}

    def leave_one_out(self, task: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        return left_out(task)

    def refiners(self, adapt: Callable[..., Tensors], embed: Callable[[tf.Tensor], tf.Tensor]) -> dict[str, Refiner]:
        """Steps on the prototypes; for the paper's distance only."""
        return {"prototypes": PrototypeRefiner(adapt, embed, Adam(RATE))} if self.distance == "squared_euclidean" else {}

    def auxiliary_losses(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> list[tf.Tensor]:
        return [self.pairs * pair_loss(self.scores(support, support), support_y, support_size)] if self.pairs else []


def left_out(task: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """What `Head.leave_one_out` returns, of a task that keeps the `count` and `spread` of its classes."""
    count = tf.maximum(task["count"], 0.0)
    some = tf.cast(count > 0.0, count.dtype)
    share = tf.reduce_sum(some / tf.maximum(count, 1.0), axis=1) / tf.maximum(tf.reduce_sum(some, axis=1), 1.0)
    spread = tf.reduce_sum(tf.maximum(task["spread"], 0.0), axis=1)
    return spread, tf.reduce_sum(tf.maximum(count - 1.0, 0.0), axis=1), share


@final
@dataclass(frozen=True, eq=False)
class PrototypeRefiner:
    """Adam on prototypes with the cross-entropy of each task on its own; the support is embedded once.

    Attributes:
        begin: support to the learned task, of which only "prototype" moves.
        embed: examples `[B, N, ...] -> [B, N, D]`.
        rule: of the steps.
    """

    begin: Callable[..., Tensors]
    embed: Callable[[tf.Tensor], tf.Tensor]
    rule: Adam

    def start(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        task = self.begin(support_x, support_y, support_size)
        embedded = clear_padding(self.embed(support_x), support_size)
        return {**task, "embedded": embedded, **self.rule.start({"prototype": task["prototype"]})}

    def step(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        gradient = self._gradient(state, support_y, support_size)
        after, kept = self.rule.step({"prototype": gradient}, state, {"prototype": state["prototype"]})
        return state | after | kept

    def task(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return {name: state[name] for name in ("prototype", "count", "spread")}

    def _gradient(self, state: Tensors, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Of the mean cross-entropy by the prototypes, `[B, ways, D]`."""
        embedded, prototype = state["embedded"], state["prototype"]
        some = tf.expand_dims(state["count"] > 0.0, 1)
        lengths = tf.expand_dims(tf.reduce_sum(tf.square(prototype), axis=2), 1)
        logits = 2.0 * tf.matmul(embedded, prototype, transpose_b=True) - lengths  # all that differs between classes
        logits = tf.where(some, logits, tf.fill(tf.shape(logits), -1e6))
        labelled = tf.reduce_sum(clear_padding(support_y, support_size), axis=2, keepdims=True)
        count = tf.maximum(tf.reduce_sum(labelled, axis=1, keepdims=True), 1.0)
        slope = clear_padding(tf.nn.softmax(logits) * labelled - support_y, support_size) / count
        # d logit_mk / d c_k = 2 (f_m - c_k)
        by_class = tf.expand_dims(tf.reduce_sum(slope, axis=1), 2)
        return 2.0 * (tf.matmul(slope, embedded, transpose_a=True) - by_class * prototype)
