"""Masks of strips with any number of columns: a place has the class whose mean tone, over the support's masks, is nearest."""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.learners.labels import Classes
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.padding import clear_rows
from zoo.learners.shape import Shape


@dataclass(frozen=True)
class MasksConfig:
    height: int = 4
    channels: int = 2


@final
@keras.saving.register_keras_serializable("tests")
class Masks(MetaLearner):
    config_class = MasksConfig
    reads_unlabelled = True

    def __init__(self, config=None, **kwargs):
        super().__init__(config, **kwargs)
        self.tones = keras.layers.Dense(3, name="tones")
        self.tones.build((None, self.config.channels))
        self.built = True

    @property
    def example(self):
        return Shape((self.config.height, "columns", self.config.channels))

    @property
    def labels(self):
        return Classes(within=(self.config.height, "columns"))

    def adapt(self, support_x, support_y, support_size):
        tones = tf.tensordot(clear_rows(support_x, support_size), tf.convert_to_tensor(self.tones.kernel), 1)
        mask = tf.maximum(clear_rows(support_y, support_size), 0.0)
        count = tf.reduce_sum(mask, axis=[1, 2, 3])  # [B, ways]
        total = tf.einsum("bnhcd,bnhcw->bwd", tones, mask)
        return {"tone": total / tf.expand_dims(tf.maximum(count, 1.0), 2)}

    def task_axes(self):
        return {"tone": ("tasks", "ways", None)}

    def apply(self, task, query_x):
        tones = tf.tensordot(query_x, tf.convert_to_tensor(self.tones.kernel), 1)
        means = tf.reshape(task["tone"], tf.stack([tf.shape(task["tone"])[0], 1, 1, 1, tf.shape(task["tone"])[1], 3]))
        return -tf.reduce_sum(tf.square(tf.expand_dims(tones, 4) - means), axis=5)

    def refiners(self):
        return {}
