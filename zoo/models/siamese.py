"""Siamese networks: one encoder twice, and a head that says whether two pictures are of one class.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015. Departures: the
encoder is Conv-4 without its last pool and the embedding has 256 numbers, where the paper's has 4,096 and 39 million weights;
what goes into the sigmoids is normalised over the batch, so that none saturates and learns nothing more; a class of several
examples scores the mean of theirs; training compares all pairs of an episode's support, like and unlike ones weighing the same,
and beside that loss of pairs classifies the queries.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import WeightedL1, class_means, without_empty
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.models.kept_support import KeptSupport
from zoo.models.pair_losses import pair_loss, verification_loss
from zoo.models.picture_classifier import PictureClassifier


@dataclass(frozen=True)
class SiameseConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `PictureClassifier`.
        embedding: numbers of an embedding, each in [0, 1].
        pairs: weight in training of the cross-entropy of pairs, which is the paper's loss.
        rivals: weight in training of a loss in which every example of the support is to be found by each other one of its class
            among the other classes of the episode, see `pair_loss`; zero as published.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "none")
    views: int = 0
    embedding: int = 256
    pairs: float = 1.0
    rivals: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class SiameseNetwork(PictureClassifier, KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`; a logit is the log-odds of a class alone."""

    config_class = SiameseConfig

    def __init__(self, config: SiameseConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        width = self.config.embedding
        single = {"dtype": "float32"}  # half precision rounds sigmoids near 1
        self.dense = keras.layers.Dense(width, use_bias=False, name="dense", **single)
        self.dense.build(self.encoder.compute_output_shape((None, *self.example_shape)))
        self.normalisation = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="normalisation", **single)
        self.normalisation.build((None, width))
        self.head = WeightedL1(name="head", **single)
        self.head.build((None, None, width))
        self.built = True

    def features(self, x, training=False):
        rows = self.dense(self.encoder(x, training=training))
        return tf.sigmoid(self.normalisation(rows, training=training))

    def verify(self, x, other):
        """Probability that two examples are of one class, of each pair: `[rows, ...], [rows, ...] -> [rows]`."""
        one, two = (tf.expand_dims(self.embed(part), 1) for part in (x, other))
        return tf.reshape(tf.sigmoid(self.head(one, two)), [-1])

    def apply_embedded(self, task, query):
        score = tf.transpose(self.head(query, task["embedded"]), [0, 2, 1])  # [B, N, M]
        every = tf.fill(tf.shape(score)[:1], tf.shape(score)[1])
        mean, count = class_means(score, task["label"], every)
        return without_empty(tf.transpose(mean, [0, 2, 1]), count)

    def auxiliary_losses(self, support, support_y, support_size):
        c = self.config
        losses = ((c.pairs, verification_loss), (c.rivals, pair_loss))
        if not c.pairs and not c.rivals:
            return []
        log_odds = self.head(support, support)
        return [weight * loss(log_odds, support_y, support_size) for weight, loss in losses if weight]

    def endpoints(self) -> dict[str, Endpoint]:
        """Those of every classifier, and `verify`: whether pairs of pictures are of one class."""
        spec = tf.TensorSpec([None, *self.example_shape], tf.float32)
        inputs = {"x": spec, "other": spec}
        return super().endpoints() | {"verify": Endpoint(self._verify, inputs, dict.fromkeys(inputs, ("tasks",)))}

    def _verify(self, x, other) -> Tensors:
        return {"probability": self.verify(x, other)}
