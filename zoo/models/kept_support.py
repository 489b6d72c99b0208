"""Classifiers whose learned task is the embedded support itself, as matching and Siamese networks compare a query with it."""

import numpy as np
import tensorflow as tf

from zoo.layers import clear_padding
from zoo.learners.embedding_classifier import Classifier


class KeptSupport(Classifier):
    """Learned task: the embedded support `embedded [B, N, D]` and its labels `label [B, N, ways]`, zeros for padding."""

    def adapt_embedded(self, support, support_y, support_size):
        label = tf.maximum(clear_padding(tf.cast(support_y, tf.float32), support_size), 0.0)
        return {"embedded": clear_padding(support, support_size), "label": label}

    def merge(self, task, other):
        return {name: tf.concat([task[name], other[name]], axis=1) for name in task}

    def pad_ways(self, learned, ways):
        label = learned["label"]
        return learned | {"label": np.pad(label, [(0, 0), (0, 0), (0, ways - label.shape[2])])}

    @property
    def task_axes(self):
        return {"embedded": ("tasks", "kept"), "label": ("tasks", "kept", "ways")}
