"""Matching networks with full context embeddings: what an example stands for, and a query, depends on the whole support.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: the network
with g(x_i, S) and f(x, S). An LSTM reads its rows in some order, and the paper takes a random one, so that the same support gives
now one answer and now another. Here the rows are read in an order of their own, `canonical_order`: neither the order in which the
examples came nor the names of the classes change anything, and a task that grows is the task of all examples.
"""

from dataclasses import dataclass
from typing import final

import keras
import tensorflow as tf

from zoo.layers import QueryContext, SupportContext, canonical_order
from zoo.models.voting import Voting


@dataclass(frozen=True)
class FullContextConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `PictureClassifier`.
        width: of an embedding, which a linear layer after the encoder makes, so that the LSTMs are not as wide as the encoder.
        steps: of the LSTM that reads the query.
        kernel, pairs: see `Voting`.
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
class FullContextMatchingNetwork(Voting):
    """Learned task: as every `Voting`, and `context [B, N, D]`: the embedded support as the whole of it makes it look."""

    config_class = FullContextConfig

    def __init__(self, config: FullContextConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        width = self.config.width
        self.narrow = keras.layers.Dense(width, use_bias=False, dtype=self.dtype_policy, name="narrow")
        self.narrow.build(self.encoder.compute_output_shape((None, *self.example_shape)))
        self.support_context = SupportContext(dtype="float32", name="support_context")
        self.support_context.build((None, None, width))
        self.query_context = QueryContext(self.config.steps, dtype="float32", name="query_context")
        self.query_context.build((None, None, width))
        self.built = True

    def features(self, x, training=False):
        return self.narrow(self.encoder(x, training=training))

    def adapt_embedded(self, support, support_y, support_size):
        return self._in_context(super().adapt_embedded(support, support_y, support_size))

    def merge(self, task, other):
        kept = ("embedded", "label")
        return self._in_context(super().merge({name: task[name] for name in kept}, {name: other[name] for name in kept}))

    def likeness(self, task, query, real):
        return self.kernel(self.query_context(query, task["context"], tf.cast(real, tf.float32)), task["context"])

    @property
    def task_axes(self):
        return super().task_axes | {"context": ("tasks", "kept")}

    def _in_context(self, task):
        real = tf.reduce_sum(task["label"], axis=2) > 0.0
        order, back = canonical_order(task["embedded"], real)
        size = tf.reduce_sum(tf.cast(real, tf.int32), axis=1)
        context = self.support_context(tf.gather(task["embedded"], order, batch_dims=1), size)
        return task | {"context": tf.gather(context, back, batch_dims=1)}
