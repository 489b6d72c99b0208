"""Learners of classes whose encoder was trained as an ordinary classifier: the backbone that all baselines share.

W. Chen, Y. Liu, Z. Kira, Y. Wang, J. Huang, "A closer look at few-shot classification", 2019: an encoder and a softmax over all
training classes learn by cross-entropy on ordinary batches; the softmax is thrown away, and the encoder is left as it is. What a
baseline then makes of its features is all that differs between them, so any of them can use the weights that one was trained to.
"""

import abc
from dataclasses import dataclass
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import ConvolutionalEncoder, across_workers
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.head import Head
from zoo.learners.pictures import Pictures

MOMENTUM = 0.99  # of the moving average of the features


@dataclass(frozen=True)
class PretrainedConfig:
    """Hyper-parameters of the encoder.

    Attributes:
        size, channels: of a picture.
        filters, shrink: of the blocks of the encoder, see `ConvolutionalEncoder`; no filters leave the pixels as they are.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")


class PretrainedClassifier(EmbeddingClassifier):
    """Its weights are an encoder and the mean of its features over training, in this order whatever the subclass.

    The embedding is the features: what a head makes of them comes later, so that all that share weights share embeddings.
    """

    def __init__(self, config: PretrainedConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.class_head: keras.layers.Dense | None = None
        if c.filters:
            self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
            self.encoder.build((None, c.size, c.size, c.channels))
            self.center = self.add_weight((self.width,), "zeros", "float32", trainable=False, name="center")
        self.compose(Pictures(c.size, c.channels, self.features), self.make_head())

    @abc.abstractmethod
    def make_head(self) -> Head:
        """What is made of the features; called once, when the encoder is there."""

    @property
    def width(self) -> int:
        """Features of a picture."""
        c = self.config
        if not c.filters:
            return int(np.prod((c.size, c.size, c.channels)))
        return self.encoder.compute_output_shape((None, c.size, c.size, c.channels))[-1]

    @final
    def features(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Features of pictures, as the softmax of training saw them: `[rows, ...] -> float32 [rows, width]`."""
        if not self.config.filters:
            return tf.reshape(tf.cast(x, tf.float32), [-1, self.width])
        return tf.cast(self.encoder(x, training=training), tf.float32)

    @final
    def prepare(self, benchmark: Any, tasks_per_step: int) -> None:
        if self.config.filters and benchmark.training_classes:
            self.class_head = keras.layers.Dense(benchmark.training_classes, dtype=self.dtype_policy, name="class_head")
            self.class_head.build((None, self.width))

    @final
    def training_forward(self, episode: Tensors) -> tf.Tensor:
        """Logits of the queries over all classes of training, whose labels they have; there is no support."""
        if self.class_head is None:
            raise ValueError(f"{self.title} tells classes apart in training: call prepare before compile().")
        query_x = tf.convert_to_tensor(episode["query_x"])
        rows = self.features(tf.reshape(query_x, [-1, *self.example.sizes]), training=True)
        mean = across_workers.row_mean(rows, [0])
        self.center.assign(MOMENTUM * self.center + (1 - MOMENTUM) * tf.stop_gradient(mean))
        logits = tf.cast(self.class_head(rows), tf.float32)
        return tf.reshape(logits, [tf.shape(query_x)[0], tf.shape(query_x)[1], logits.shape[1]])
