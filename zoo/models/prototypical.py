"""Prototypical networks: a class is the mean of its embedded examples, and the nearest mean wins.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017. The defaults are the paper's for Omniglot;
hyper-parameters that go beyond the paper say so.
"""

from dataclasses import dataclass
from typing import Any, final

import keras

from zoo.layers import ConvolutionalEncoder, PrototypeLogits
from zoo.learners.embedding_classifier import EmbeddingClassifier
from zoo.learners.heads.prototypes import Prototypes
from zoo.learners.pictures import Pictures


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
class PrototypicalNetwork(EmbeddingClassifier):
    """A convolutional encoder, and prototypes of what it makes of pictures; for the learned task see `Prototypes`."""

    config_class = PrototypicalConfig

    def __init__(self, config: PrototypicalConfig | None = None, **kwargs: Any):
        super().__init__(config, **kwargs)
        c = self.config
        self.encoder = ConvolutionalEncoder(c.filters, c.shrink, c.kernel, dtype=self.dtype_policy, name="encoder")
        self.encoder.build((None, c.size, c.size, c.channels))
        # Distances are differences of large numbers, which half precision would not see.
        self.logits = PrototypeLogits(c.distance, dtype="float32", name="logits")
        self.compose(Pictures(c.size, c.channels, self.encoder, c.views), Prototypes(self.logits, c.pairs))


def tiny() -> dict[str, PrototypicalNetwork]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
    return {
        "squared distance, shifted views": PrototypicalNetwork(PrototypicalConfig(**small, views=1)),
        "cosine": PrototypicalNetwork(PrototypicalConfig(**small, distance="cosine")),
    }
