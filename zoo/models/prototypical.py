"""Prototypical networks: a class is the mean of its embedded examples, and the nearest mean wins.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017. The defaults are the paper's for Omniglot;
what goes beyond them is told at each hyper-parameter.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import PrototypeLogits, class_means, class_spreads, merge_spreads, without_empty
from zoo.learners.fine_tuning import PrototypeRefiner
from zoo.models.kept_means import KeptMeans
from zoo.models.pair_losses import pair_loss
from zoo.models.picture_classifier import PictureClassifier


@dataclass(frozen=True)
class PrototypicalConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels: of a picture.
        filters, shrink, kernel: of the blocks of the encoder, see `ConvolutionalEncoder`.
        distance: between a query and a prototype, see `PrototypeLogits`.
        pairs: weight in training of a second loss, in which every example of the support is alone against each other one; zero
            as published.
        views: if above 0, outside training an embedding is the mean over the picture and its four shifts by so many pixels.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")
    kernel: int = 3
    distance: str = "squared_euclidean"
    pairs: float = 0.0
    views: int = 0


@final
@keras.saving.register_keras_serializable("zoo")
class PrototypicalNetwork(PictureClassifier, KeptMeans):
    """Learned task: `prototype [B, ways, D]`, and of each the examples that it stands for, `count [B, ways]`, and their `spread`.

    `spread [B, ways]` is the sum of the examples' squared distances to their prototype; the temperature is learned from it.
    """

    config_class = PrototypicalConfig

    def __init__(self, config: PrototypicalConfig | None = None, **kwargs):
        config = config or PrototypicalConfig()
        super().__init__(config, config.kernel, **kwargs)
        # Distances are differences of large numbers, which half precision would not see.
        self.logits = PrototypeLogits(config.distance, dtype="float32", name="logits")
        self.built = True

    def adapt_embedded(self, support, support_y, support_size):
        prototype, count = class_means(support, support_y, support_size)
        return {"prototype": prototype, "count": count, "spread": class_spreads(support, support_y, support_size, prototype)}

    def apply_embedded(self, task, query):
        return without_empty(self.logits(query, task["prototype"]), task["count"])

    def merge(self, task, other):
        return super().merge(task, other) | {"spread": merge_spreads(task, other)}

    def leave_one_out(self, task):
        count = tf.maximum(task["count"], 0.0)
        some = tf.cast(count > 0.0, count.dtype)
        share = tf.reduce_sum(some / tf.maximum(count, 1.0), axis=1) / tf.maximum(tf.reduce_sum(some, axis=1), 1.0)
        spread = tf.reduce_sum(tf.maximum(task["spread"], 0.0), axis=1)
        return spread, tf.reduce_sum(tf.maximum(count - 1.0, 0.0), axis=1), share

    def refiners_by(self, adapt, embed):
        """Steps on the prototypes, which start as the rows of a linear classifier; for the paper's distance only."""
        if self.config.distance != "squared_euclidean":
            return {}
        return {"prototypes": PrototypeRefiner(adapt, embed)}

    def auxiliary_losses(self, support, support_y, support_size):
        weight = self.config.pairs
        return [weight * pair_loss(self.logits(support, support), support_y, support_size)] if weight else []
