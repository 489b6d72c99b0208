"""Rows of any table, standardised by the support: the class with the nearest mean, or a line through each column."""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.learners.labels import Classes, Numbers
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class TableMeansConfig:
    numbers: bool = False


@final
@keras.saving.register_keras_serializable("tests")
class TableMeans(MetaLearner):
    config_class = TableMeansConfig
    most_rows, most_classes = 500, 10
    example = Shape(("columns",), missing=True)

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.spread = self.add_weight(shape=(), initializer="ones", name="spread")
        self.built = True

    @property
    def labels(self):
        return Numbers() if self.config.numbers else Classes()

    def adapt(self, support_x, support_y, support_size):
        real = tf.expand_dims(tf.sequence_mask(support_size, tf.shape(support_x)[1]), 2)
        there = tf.logical_and(real, tf.logical_not(tf.math.is_nan(support_x)))
        count = tf.maximum(tf.reduce_sum(tf.cast(there, tf.float32), 1, keepdims=True), 1.0)
        x, y = tf.where(there, support_x, 0.0), tf.where(real, support_y, 0.0)
        mean = tf.reduce_sum(x, 1, keepdims=True) / count
        apart = tf.where(there, x - mean, 0.0)
        scale = 1.0 / (tf.sqrt(tf.reduce_sum(tf.square(apart), 1, keepdims=True) / count) + 1e-6)
        rows = tf.reshape(tf.cast(support_size, tf.float32), [-1, 1, 1])
        level = tf.reduce_sum(y, 1, keepdims=True) / rows
        if self.config.numbers:
            weight, share = tf.where(real, y - level, 0.0), rows
        else:
            weight, share = y, tf.maximum(tf.reduce_sum(y, 1, keepdims=True), 1.0)
        slope = tf.matmul(apart * scale, weight, transpose_a=True) / share * self.spread  # [B, C, K]
        bias = tf.squeeze(level, 1) if self.config.numbers else -tf.reduce_sum(tf.square(slope), 1) / 2.0
        return {"shift": tf.squeeze(mean, 1), "scale": tf.squeeze(scale, 1), "slope": slope, "bias": bias}

    def task_axes(self):
        columns, ways = ("tasks", "columns"), None if self.config.numbers else "ways"
        return {"shift": columns, "scale": columns, "slope": ("tasks", "columns", ways), "bias": ("tasks", ways)}

    def apply(self, task, query_x):
        shift = tf.expand_dims(task["shift"], 1)
        z = (tf.where(tf.math.is_nan(query_x), shift, query_x) - shift) * tf.expand_dims(task["scale"], 1)
        return tf.matmul(z, task["slope"]) + tf.expand_dims(task["bias"], 1)

    def refiners(self):
        return {}
