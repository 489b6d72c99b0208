"""Matching networks: a query is a vote of the examples, each weighted by how alike the two are.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016: the plain
network, whose queries and examples share one encoder; equation 1, P(y | x, S) = sum of a(x, x_i) y_i.
"""

from dataclasses import dataclass
from typing import final

import keras

from zoo.models.voting import Voting


@dataclass(frozen=True)
class MatchingConfig:
    """Hyper-parameters of the network.

    Attributes:
        size, channels, filters, shrink, views: see `PictureClassifier`.
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
class MatchingNetwork(Voting):
    """Learned task: the embedded support and its labels, see `KeptSupport`; a logit is the logarithm of a share of the vote."""

    config_class = MatchingConfig

    def __init__(self, config: MatchingConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        self.built = True

    def likeness(self, task, query, real):
        return self.kernel(query, task["embedded"])
