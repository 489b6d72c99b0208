"""Siamese networks: one encoder twice, and a head that says whether two pictures are of one class.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015. Departures: the
encoder is Conv-4 without its last pool and the embedding has 256 numbers, where the paper's has 4,096 and 39 million weights;
what goes into the sigmoids is normalised over the batch, so that none saturates and learns nothing more; a class of several
examples scores the mean of theirs; training compares all pairs of an episode's support, like and unlike ones weighing the same,
and beside that loss of pairs classifies the queries.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import ConvolutionalEncoder, WeightedL1
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.heads.pairwise import Pairwise
from zoo.learners.pictures import Pictures


@dataclass(frozen=True)
class SiameseConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `Pictures` and `ConvolutionalEncoder`.
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
class SiameseNetwork(EmbeddingClassifier):
    """An encoder into the unit cube, and a head of pairs; for the learned task see `Pairwise`."""

    config_class = SiameseConfig

    def __init__(self, config: SiameseConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        shape = (None, c.size, c.size, c.channels)
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(shape)
        single = {"dtype": "float32"}  # half precision rounds sigmoids near 1
        self.dense = keras.layers.Dense(c.embedding, use_bias=False, name="dense", **single)
        self.dense.build(self.encoder.compute_output_shape(shape))
        self.normalisation = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="normalisation", **single)
        self.normalisation.build((None, c.embedding))
        self.head = WeightedL1(name="head", **single)
        self.head.build((None, None, c.embedding))
        self.compose(Pictures(c.size, c.channels, self._features, c.views), Pairwise(self.head, c.pairs, c.rivals))

    def verify(self, x: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
        """Probability that two examples are of one class, of each pair: `[rows, ...], [rows, ...] -> [rows]`."""
        one, two = (tf.expand_dims(self.embed(part), 1) for part in (x, other))
        return tf.reshape(tf.sigmoid(self.head(one, two)), [-1])

    def further_endpoints(self) -> dict[str, Endpoint]:
        """`verify`: whether pairs of pictures are of one class."""
        spec = tf.TensorSpec([None, *self.example.sizes], tf.float32)
        inputs = {"x": spec, "other": spec}
        return {"verify": Endpoint(self._verify, inputs, dict.fromkeys(inputs, ("tasks",)))}

    def _verify(self, x: tf.Tensor, other: tf.Tensor) -> Tensors:
        return {"probability": self.verify(x, other)}

    def _features(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        rows = self.dense(self.encoder(x, training=training))
        return tf.sigmoid(self.normalisation(rows, training=training))


def tiny() -> dict[str, SiameseNetwork]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "embedding": 5}
    return {"weighted L1": SiameseNetwork(SiameseConfig(**small))}
