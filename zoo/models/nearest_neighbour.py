"""The nearest neighbour: a query has the class of the one example that is most alike, by the cosine of their features.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, "Baseline-nearest-neighbor", with the features of a
pretrained encoder; without an encoder it compares pixels (O. Vinyals et al., "Matching networks for one shot learning", 2016,
table 1). With several shots it is still one example that decides, not the mean of a class.
"""

from typing import final

import keras
import tensorflow as tf

from zoo.layers import without_empty
from zoo.layers.prototypes import COSINE_SCALE, unit_rows
from zoo.models.kept_support import KeptSupport
from zoo.models.pretrained import Pretrained, PretrainedConfig

NO_NEIGHBOUR = -2.0  # below any cosine


@final
@keras.saving.register_keras_serializable("zoo")
class NearestNeighbour(Pretrained, KeptSupport):
    """Learned task: the features of the support and its labels, see `KeptSupport`; a logit is a cosine times `COSINE_SCALE`."""

    config_class = PretrainedConfig

    def apply_embedded(self, task, query):
        cosine = tf.matmul(unit_rows(query), unit_rows(task["embedded"]), transpose_b=True)  # [B, M, N]
        of_class = tf.expand_dims(task["label"] > 0.0, 1)  # [B, 1, N, ways]
        alike = tf.expand_dims(cosine, 3) + tf.zeros_like(tf.expand_dims(task["label"], 1))
        nearest = tf.reduce_max(tf.where(of_class, alike, tf.fill(tf.shape(alike), NO_NEIGHBOUR)), axis=2)
        return without_empty(COSINE_SCALE * nearest, tf.reduce_sum(task["label"], axis=1))
