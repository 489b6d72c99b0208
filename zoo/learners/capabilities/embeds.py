"""Learners whose tasks answer embeddings: an encoder that all tasks share, and a head that is a task's own.

Neither brings graphs or endpoints of its own: each half is exported alone, see `zoo.learners.halves`.
"""

from typing import Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Tensors


@runtime_checkable
class Embeds(Protocol):
    """Has an encoder, and heads that read what it makes of examples."""

    def embed(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embed examples, `[rows, ...] -> [rows, D]`, each on its own outside training."""

    def embedding_width(self) -> int:
        """D, numbers of one embedding."""

    def adapt_embedded(self, embedded: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        """Learn tasks of embedded supports: `[B, N, D], [B, N, n], int32 [B] -> dict of [B, ...]`."""

    def calibrated(self, task: Tensors, embedded: tf.Tensor) -> tf.Tensor:
        """Logits of embedded queries: `dict of [B, ...], [B, M, D] -> [B, M, ways]`."""
