"""Matching networks: a query is a vote of the examples, each weighted by how alike the two are.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: the plain
network, whose queries and examples share one encoder; equation 1, P(y | x, S) = sum of a(x, x_i) y_i.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import AttentionKernel, ConvolutionalEncoder
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.votes import Votes
from zoo.learners.pictures import Pictures


@dataclass(frozen=True)
class MatchingConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `Pictures` and `ConvolutionalEncoder`.
        kernel: how alike two embeddings are, see `AttentionKernel`.
        pairs: weight in training of a second loss, in which every example of the support is alone against each other one; zero
            as published.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")
    views: int = 0
    kernel: str = "cosine"
    pairs: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class MatchingNetwork(EmbeddingClassifier):
    """A convolutional encoder, and a vote of the examples; for the learned task see `Votes`."""

    config_class = MatchingConfig
    task_head: Votes

    def __init__(self, config: MatchingConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
        self.encoder.build((None, c.size, c.size, c.channels))
        self.kernel = AttentionKernel(c.kernel, dtype="float32", name="kernel")
        self.kernel.build((None, None, 1))
        self.compose(Pictures(c.size, c.channels, self.encoder, c.views), Votes(self.kernel, c.pairs))

    def attention(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        """How much each example counts in the vote on each query: `dict of [B, ...], [B, M, ...] -> [B, M, N]`."""
        return self.task_head.attention(task, self.embedded(query_x))


def tiny() -> dict[str, MatchingNetwork]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
    return {kernel: MatchingNetwork(MatchingConfig(**small, kernel=kernel)) for kernel in ("scaled_cosine", "squared_euclidean")}
