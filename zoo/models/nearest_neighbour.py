"""The nearest neighbour: a query has the class of the one example that is most alike, by the cosine of their features.

S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, "Baseline-nearest-neighbor", with the features of a
pretrained encoder; without an encoder it compares pixels (O. Vinyals et al., "Matching networks for one shot learning", 2016,
table 1). With several shots it is still one example that decides, not the mean of a class.
"""

from typing import Any, final

import keras

from zoo.learners.heads.nearest import Nearest
from zoo.learners.pretrained_classifier import PretrainedClassifier, PretrainedConfig


@final
@keras.saving.register_keras_serializable("zoo")
class NearestNeighbour(PretrainedClassifier):
    """The features of the support, or its pixels; for the learned task see `Nearest`."""

    config_class = PretrainedConfig

    def make_head(self) -> Nearest:
        return Nearest()


def tiny() -> dict[str, NearestNeighbour]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
    pixels = PretrainedConfig(size=12, filters=(), shrink=())
    return {"features": NearestNeighbour(PretrainedConfig(**small)), "pixels": NearestNeighbour(pixels)}
