"""The head of prototypes that calibrate themselves: the support is kept, and leaving each example out gives the temperature.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, equations 1 and 2; C. Guo, G. Pleiss, Y. Sun,
K. Weinberger, "On calibration of modern neural networks", 2017: the temperature that makes the true classes likeliest. Here that
is asked of the support itself, each example against the means of the others, and the answer is a mean over temperatures by how
likely they are, so that few examples say little and no rounding makes it jump.
"""

from collections.abc import Callable
from typing import final

import numpy as np
import tensorflow as tf

from zoo.layers import class_means, class_spreads, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.prototypes import left_out

LOGARITHMS = np.linspace(np.log(0.002), np.log(8.0), 34).astype(np.float32)  # of temperatures; of squared distances up to 4
SHARE = 0.1  # of the squared distance of an example to its class, as a temperature: what is expected before any example tells
CERTAINTY = 1.0  # how much that counts: so many nats at a temperature e times larger or smaller


@final
class KeptPrototypes(KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`, and what is learned of them.

    That is `prototype [B, ways, D]`, `count` and `spread [B, ways]`, see `Prototypes`; `temperature [B]`; and `calibrated [B]`,
    which is 1 where training's data or the support gave the temperature, and 0 where it is a guess: there is one example of each
    class, and nothing is known of others.

    Args:
        scores: minus the squared distances of queries to prototypes, `[B, M, D], [B, ways, D] -> [B, M, ways]`.
        usual: the mean squared distance of an example to its class by calibration, a scalar; 0 where there was none. Where it is
            known, the learner divides by the temperature that it measured, and that of the head is 1.
    """

    def __init__(self, scores: Callable[[tf.Tensor, tf.Tensor], tf.Tensor], usual: Callable[[], tf.Tensor]):
        self.scores, self.usual = scores, usual

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        return self._learned(super().adapt(support, support_y, support_size))

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return self._learned(super().merge(*({name: each[name] for name in ("embedded", "label")} for each in (task, other))))

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        temperature = tf.reshape(task["temperature"], [-1, 1, 1])
        return without_empty(self.scores(query, task["prototype"]) / temperature, task["count"])

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        of_class = {"prototype": ("tasks", "ways", None), "count": ("tasks", "ways"), "spread": ("tasks", "ways")}
        return super().task_axes() | of_class | {"temperature": ("tasks",), "calibrated": ("tasks",)}

    def leave_one_out(self, task: Tensors) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        return left_out(task)

    def _learned(self, kept: Tensors) -> Tensors:
        embedded, label = kept["embedded"], tf.maximum(kept["label"], 0.0)
        every = tf.fill(tf.shape(label)[:1], tf.shape(label)[1])
        prototype, count = class_means(embedded, label, every)
        task = kept | {"prototype": prototype, "count": count, "spread": class_spreads(embedded, label, every, prototype)}
        temperature, examples = self._by_leaving_out(task)
        measured = tf.zeros_like(temperature) + tf.cast(self.usual() > 0.0, tf.float32)
        return task | {
            "temperature": tf.where(measured > 0.0, tf.ones_like(temperature), temperature),
            "calibrated": tf.maximum(measured, tf.cast(examples > 0.0, tf.float32)),
        }

    def _by_leaving_out(self, task: Tensors) -> tuple[tf.Tensor, tf.Tensor]:
        """A temperature, and how many examples told it: those of classes that have another. Each `[B]`."""
        label, count = tf.maximum(task["label"], 0.0), task["count"]
        more = tf.maximum(count, 1.5)
        # From an example the mean of the n - 1 others lies n / (n - 1) times as far as that of all n. In squares that is
        # 1 + 1 / (n - 1) times as far as the true mean, and from a new example the mean of all n will lie 1 + 1 / n times as far.
        farther = tf.expand_dims(tf.where(count >= 1.5, (more + 1.0) / (more - 1.0), tf.ones_like(count)), 1)  # [B, 1, ways]
        own = tf.cast(label > 0.0, tf.float32)
        score = self.scores(task["embedded"], task["prototype"]) * (own * farther + 1.0 - own)  # [B, N, ways]
        score = without_empty(score, count)
        rivals = tf.reduce_sum(tf.cast(count > 0.0, tf.float32), axis=1, keepdims=True) > 1.5  # [B, 1]
        tells = tf.reduce_sum(label * tf.expand_dims(tf.cast(count >= 1.5, tf.float32), 1), axis=2)
        tells = tf.where(rivals, tells, tf.zeros_like(tells))  # [B, N]
        logits = tf.expand_dims(score, 1) * tf.reshape(tf.constant(np.exp(-LOGARITHMS)), [1, -1, 1, 1])  # [B, T, N, ways]
        top = tf.reduce_max(logits, axis=3, keepdims=True)
        every = top + tf.math.log(tf.reduce_sum(tf.exp(logits - top), axis=3, keepdims=True))
        right = tf.reduce_sum((logits - every) * tf.expand_dims(own, 1), axis=3)  # [B, T, N]: log-likelihoods
        likely = tf.reduce_sum(right * tf.expand_dims(tells, 1), axis=2)  # [B, T]
        spread, examples, _ = left_out(task)
        usual = tf.where(examples > 0.0, (spread + 1.0) / (examples + 1.0), tf.ones_like(spread))
        expected = tf.expand_dims(tf.math.log(SHARE * tf.maximum(usual, 1e-6)), 1)
        likely -= CERTAINTY * tf.square(tf.expand_dims(tf.constant(LOGARITHMS), 0) - expected)
        mean = tf.reduce_sum(tf.nn.softmax(likely) * tf.expand_dims(tf.constant(LOGARITHMS), 0), axis=1)
        return tf.exp(mean), tf.reduce_sum(tells, axis=1)
