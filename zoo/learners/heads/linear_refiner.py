"""Gradient steps on a linear classifier of embedded examples, all tasks at once, which never leave the span of the examples.

A gradient of the loss by the weights is a sum of examples, so weights that start at zero stay one: X' A with a coefficient for
every example and class. The steps are taken on A with the products of the examples with each other, the same to the last letter
as steps on the weights, and cheap where examples are few and wide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import tensorflow as tf

from zoo.layers.prototypes import without_empty
from zoo.learners.endpoint import Tensors

MOMENTUM = 0.9  # of steps whose learning rate is given


@final
@dataclass(frozen=True, eq=False)
class LinearRefiner:
    """Y. Nesterov's accelerated gradient (1983) on the mean cross-entropy of each task on its own, from weights of zero.

    The bias is the weight of a further feature that is 1 for every example, and is penalised with the others. A row whose label
    is all zero is no example.

    Attributes:
        embed: examples `[B, N, ...] -> [B, N, D]`, as they are kept.
        seen: kept rows as the classifier sees them, `[B, N, D] -> [B, N, D]`.
        learning_rate: of the mean loss, with a momentum of 0.9. None for one over a bound of the curvature, and the momentum
            that suits that bound and the penalty: it reaches the minimum in a number of steps that grows with the root of both's
            ratio (Y. Nesterov, "Introductory lectures on convex optimization", 2004, 2.2.1).
        penalty: half the squared length of the weights counts so much beside the sum of the losses.
    """

    embed: Callable[[tf.Tensor], tf.Tensor]
    seen: Callable[[tf.Tensor], tf.Tensor]
    learning_rate: float | None = None
    penalty: float = 0.0

    def start(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        embedded, label = self.embed(support_x), tf.maximum(support_y, 0.0)
        rows = self.seen(embedded)
        real = tf.reduce_sum(label, axis=2, keepdims=True)  # [B, N, 1]
        both = tf.matmul(real, real, transpose_b=True)
        gram = both * (1.0 + tf.matmul(rows, rows, transpose_b=True))
        nothing = tf.zeros_like(label)
        return {"embedded": embedded, "label": label, "gram": gram, "now": nothing, "before": nothing}

    def step(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        label, now, gram = state["label"], state["now"], state["gram"]
        examples = tf.maximum(tf.reduce_sum(label, axis=[1, 2], keepdims=True), 1.0)  # [B, 1, 1]
        rate, momentum = self._pace(gram, examples)
        ahead = now + momentum * (now - state["before"])
        logits = without_empty(tf.matmul(gram, ahead), tf.reduce_sum(label, axis=1))
        wrong = tf.nn.softmax(logits) * tf.reduce_sum(label, axis=2, keepdims=True) - label
        return state | {"now": ahead - rate * (wrong + self.penalty * ahead) / examples, "before": now}

    def task(self, state: Tensors, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        rows, coefficients = self.seen(state["embedded"]), state["now"]
        kernel, bias = tf.matmul(rows, coefficients, transpose_a=True), tf.reduce_sum(coefficients, axis=1)
        return {"embedded": state["embedded"], "label": state["label"], "kernel": kernel, "bias": bias}

    def _pace(self, gram: tf.Tensor, examples: tf.Tensor) -> tuple[Any, Any]:
        """Learning rate and momentum, each a number or `[B, 1, 1]`."""
        if self.learning_rate is not None:
            return self.learning_rate, MOMENTUM
        # The Hessian of a softmax is at most one half; no eigenvalue of a matrix is above the largest sum of a row.
        most = 0.5 * tf.reduce_max(tf.reduce_sum(tf.abs(gram), axis=2), axis=1)
        most = tf.reshape(most, [-1, 1, 1]) + self.penalty
        root = tf.sqrt(most / self.penalty) if self.penalty else tf.fill(tf.shape(most), 19.0)
        return examples / tf.maximum(most, 1e-6), (root - 1.0) / (root + 1.0)
