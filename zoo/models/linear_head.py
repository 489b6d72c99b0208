"""A linear classifier of features, learned from the support by gradient steps: fine-tuning, and logistic regression.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, "Baseline-finetune"; and with a penalty and
features of length 1 the logistic regression of Y. Tian et al., "Rethinking few-shot image classification: a good embedding is all
you need?", 2020. The encoder is left as it is. The steps are part of the learner, and of every export.
"""

from dataclasses import dataclass
from typing import final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import without_empty
from zoo.layers.prototypes import unit_rows
from zoo.learners.fine_tuning import refined
from zoo.learners.linear_refiner import LinearRefiner
from zoo.models.kept_support import KeptSupport
from zoo.models.pretrained import Pretrained, PretrainedConfig


@dataclass(frozen=True)
class LinearHeadConfig(PretrainedConfig):
    """Hyper-parameters of the encoder, and of the classifier; see `LinearRefiner`.

    Attributes:
        unit: whether features are brought to length 1.
        steps: gradient steps of `adapt`.
        learning_rate: of the mean loss; None for the largest that is safe.
        penalty: half the squared length of weights and biases counts so much beside the sum of the losses; 1 / C elsewhere.
    """

    unit: bool = False
    steps: int = 100
    learning_rate: float | None = None
    penalty: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class LinearHead(Pretrained, KeptSupport):
    """Learned task: `kernel [B, D, ways]` and `bias [B, ways]`, and the support, see `KeptSupport`, to learn again from more."""

    config_class = LinearHeadConfig

    def adapt_embedded(self, support, support_y, support_size):
        kept = KeptSupport.adapt_embedded(self, support, support_y, support_size)
        return self._learned(kept["embedded"], kept["label"])

    def apply_embedded(self, task, query):
        logits = tf.matmul(self._seen(query), task["kernel"]) + tf.expand_dims(task["bias"], 1)
        return without_empty(logits, tf.reduce_sum(task["label"], axis=1))

    def merge(self, task, other):
        return self._learned(*(tf.concat([task[name], other[name]], axis=1) for name in ("embedded", "label")))

    def pad_ways(self, learned, ways):
        kernel, bias = learned["kernel"], learned["bias"]
        more = ways - bias.shape[1]
        wider = {"kernel": np.pad(kernel, [(0, 0), (0, 0), (0, more)]), "bias": np.pad(bias, [(0, 0), (0, more)])}
        return KeptSupport.pad_ways(self, learned, ways) | wider

    def refiners_by(self, adapt, embed):
        """The steps of `adapt`, however many."""
        return {"head": self._refiner(embed)}

    @property
    def adapt_steps(self):
        return self.config.steps

    @property
    def task_axes(self):
        return super().task_axes | {"kernel": ("tasks", None, "ways"), "bias": ("tasks", "ways")}

    def _refiner(self, embed) -> LinearRefiner:
        return LinearRefiner(embed, self._seen, self.config.learning_rate, self.config.penalty)

    def _learned(self, embedded, label):
        tasks, rows = tf.shape(embedded)[0], tf.shape(embedded)[1]
        steps = tf.fill([tasks], self.config.steps)
        return refined(self._refiner(tf.identity), embedded, label, tf.fill([tasks], rows), steps)

    def _seen(self, rows):
        return unit_rows(rows) if self.config.unit else rows
