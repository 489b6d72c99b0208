"""The head of the nearest neighbour: a query has the class of the one example that is most alike, by the cosine of the two."""

from typing import final

import tensorflow as tf

from zoo.layers import unit_rows, without_empty
from zoo.layers.prototypes import COSINE_SCALE
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport

NO_NEIGHBOUR = -2.0  # below any cosine


@final
class Nearest(KeptSupport):
    """Learned task: the features of the support and its labels, see `KeptSupport`; a logit is a cosine times `COSINE_SCALE`."""

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        cosine = tf.matmul(unit_rows(query), unit_rows(task["embedded"]), transpose_b=True)  # [B, M, N]
        of_class = tf.expand_dims(task["label"] > 0.0, 1)  # [B, 1, N, ways]
        alike = tf.expand_dims(cosine, 3) + tf.zeros_like(tf.expand_dims(task["label"], 1))
        nearest = tf.reduce_max(tf.where(of_class, alike, tf.fill(tf.shape(alike), NO_NEIGHBOUR)), axis=2)
        return without_empty(COSINE_SCALE * nearest, tf.reduce_sum(task["label"], axis=1))
