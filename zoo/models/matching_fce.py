"""Matching networks with full context embeddings: what an example stands for, and a query, depends on the whole support.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: the network
with g(x_i, S) and f(x, S). Departure: the rows of a support are read in an order of their own, see `FullContext`.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import AttentionKernel, ConvolutionalEncoder, QueryContext, SupportContext
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.votes import FullContext, Votes
from zoo.learners.pictures import Pictures


@dataclass(frozen=True)
class FullContextConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `Pictures` and `ConvolutionalEncoder`.
        width: of an embedding, which a linear layer after the encoder makes, so that the LSTMs are not as wide as the encoder.
        steps: of the LSTM that reads the query.
        kernel, pairs: see `Votes`.
    """

    size: int = 28
    channels: int = 1
    filters: tuple[int, ...] = (64, 64, 64, 64)
    shrink: tuple[str, ...] = ("pool", "pool", "pool", "pool")
    views: int = 0
    width: int = 64
    steps: int = 5
    kernel: str = "cosine"
    pairs: float = 0.0


@final
@keras.saving.register_keras_serializable("zoo")
class FullContextMatchingNetwork(EmbeddingClassifier):
    """An encoder, and a vote of the examples, all conditioned on the full support set; for the learned task see `Votes`."""

    config_class = FullContextConfig
    task_head: Votes

    def __init__(self, config: FullContextConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        shape = (None, c.size, c.size, c.channels)
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, dtype=self.dtype_policy, name="encoder")
        self.encoder.build(shape)
        self.kernel = AttentionKernel(c.kernel, dtype="float32", name="kernel")
        self.kernel.build((None, None, 1))
        self.narrow = keras.layers.Dense(c.width, use_bias=False, dtype=self.dtype_policy, name="narrow")
        self.narrow.build(self.encoder.compute_output_shape(shape))
        self.support_context = SupportContext(dtype="float32", name="support_context")
        self.support_context.build((None, None, c.width))
        self.query_context = QueryContext(c.steps, dtype="float32", name="query_context")
        self.query_context.build((None, None, c.width))
        context = FullContext(self.support_context, self.query_context)
        self.compose(Pictures(c.size, c.channels, self._features, c.views), Votes(self.kernel, c.pairs, context))

    def attention(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        """How much each example counts in the vote on each query: `dict of [B, ...], [B, M, ...] -> [B, M, N]`."""
        return self.task_head.attention(task, self.embedded(query_x))

    def _features(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.narrow(self.encoder(x, training=training))


def tiny() -> dict[str, FullContextMatchingNetwork]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool"), "width": 6, "steps": 2}
    return {"cosine": FullContextMatchingNetwork(FullContextConfig(**small))}
