"""What a head sees beside the examples of a task: imagined ones, so many of each class, whatever the number of real ones.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, section 4: examples that a
generator makes of real ones and noise join the support. Departure: in place of a real example drawn at random for each imagined
one, all examples of a class imagine alike, and each imagined one counts for a share; so no order of the support matters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import Hallucinator, LearnedShift


@final
@dataclass(frozen=True, eq=False)
class Imagination:
    """A generator, and how features are looked at, real and imagined ones alike.

    Attributes:
        look: of features, `[..., D] -> [..., d]` (phi of the paper).
        generate: what imagines, `[B, N, D] -> [B, N, draws, D]`; None where nothing is imagined.
        imagined: so many examples that the imagined ones of a class count for; 0 where nothing is imagined.
    """

    look: Callable[[tf.Tensor], tf.Tensor]
    generate: Hallucinator | LearnedShift | None
    imagined: int

    @property
    def rows(self) -> int:
        """Of each example: itself, and those that it imagines."""
        return 1 if self.generate is None else 1 + self.generate.draws

    def seen(self, features: tf.Tensor) -> tf.Tensor:
        """Every example and, after it, those that it imagines: `[B, N, D] -> [B, N, rows, d]`."""
        real = tf.expand_dims(features, 2)
        if self.generate is None:
            return self.look(real)
        return self.look(tf.concat([real, self.generate(features)], axis=2))

    def weights(self, label: tf.Tensor) -> tf.Tensor:
        """How much each counts for every class, of one-hot labels: `[B, N, ways] -> [B, N, rows, ways]`."""
        real = tf.expand_dims(label, 2)
        if self.generate is None:
            return real
        count = tf.maximum(tf.reduce_sum(label, axis=1, keepdims=True), 1.0)  # [B, 1, ways]
        share = tf.expand_dims(label / count, 2) * (self.imagined / (self.rows - 1))
        return tf.concat([real, *[share] * (self.rows - 1)], axis=2)
