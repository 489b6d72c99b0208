"""SimpleShot: a class is the mean of its features, once these are centred and brought to length 1.

Y. Wang, W.-L. Chao, K. Q. Weinberger, L. van der Maaten, "SimpleShot: revisiting nearest-neighbor classification for few-shot
learning", 2019. What is subtracted is the mean over the training classes; that of a test would be transductive.
"""

from dataclasses import dataclass
from typing import final

import keras

from zoo.layers import PrototypeLogits, class_means, without_empty
from zoo.layers.prototypes import unit_rows
from zoo.models.kept_means import KeptMeans
from zoo.models.pretrained import Pretrained, PretrainedConfig

TRANSFORMS = ("UN", "L2N", "CL2N")


@dataclass(frozen=True)
class SimpleShotConfig(PretrainedConfig):
    """Hyper-parameters of the encoder, and of what is done with its features.

    Attributes:
        transform: "UN" nothing, "L2N" to length 1, "CL2N" centred and then to length 1, as the paper names them.
    """

    transform: str = "CL2N"


@final
@keras.saving.register_keras_serializable("zoo")
class SimpleShot(Pretrained, KeptMeans):
    """Learned task: `prototype [B, ways, D]` of transformed features, and `count [B, ways]`, see `KeptMeans`."""

    config_class = SimpleShotConfig

    def __init__(self, config: SimpleShotConfig | None = None, **kwargs):
        super().__init__(config, **kwargs)
        if self.config.transform not in TRANSFORMS or not self.config.filters:
            raise ValueError(f"{self.config}: give the filters of an encoder, and one of {', '.join(map(repr, TRANSFORMS))}.")
        self.logits = PrototypeLogits(dtype="float32", name="logits")

    def transformed(self, rows):
        """Features `[B, N, D]` as distances are taken between them."""
        if self.config.transform == "UN":
            return rows
        return unit_rows(rows - self.center if self.config.transform == "CL2N" else rows)

    def adapt_embedded(self, support, support_y, support_size):
        prototype, count = class_means(self.transformed(support), support_y, support_size)
        return {"prototype": prototype, "count": count}

    def apply_embedded(self, task, query):
        return without_empty(self.logits(self.transformed(query), task["prototype"]), task["count"])
