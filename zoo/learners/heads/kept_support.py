"""Heads whose learned task is the embedded support itself, as matching and Siamese networks compare a query with it."""

import tensorflow as tf

from zoo.layers import clear_padding
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.head import Head


class KeptSupport(Head):
    """Learned task: the embedded support `embedded [B, N, D]` and its labels `label [B, N, ways]`, zeros for padding."""

    def adapt(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> Tensors:
        label = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)
        return {"embedded": clear_padding(support, support_size), "label": label}

    def merge(self, task: Tensors, other: Tensors) -> Tensors:
        return {name: tf.concat([task[name], other[name]], axis=1) for name in task}

    def task_axes(self) -> dict[str, tuple[str | None, ...]]:
        return {"embedded": ("tasks", "kept", None), "label": ("tasks", "kept", "ways")}
