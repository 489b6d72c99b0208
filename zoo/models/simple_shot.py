"""SimpleShot: a class is the mean of its features, once these are centred and brought to length 1.

Y. Wang, W.-L. Chao, K. Q. Weinberger, L. van der Maaten, "SimpleShot: revisiting nearest-neighbor classification for few-shot
learning", 2019. What is subtracted is the mean over the training classes; that of a test would be transductive.
"""

from dataclasses import dataclass
from typing import Any, final

import keras
import tensorflow as tf

from zoo.layers import PrototypeLogits, unit_rows
from zoo.learners.heads.means import Means
from zoo.learners.pretrained_classifier import PretrainedClassifier, PretrainedConfig

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
class SimpleShot(PretrainedClassifier):
    """Class means of transformed features; for the learned task see `Means`."""

    config_class = SimpleShotConfig

    def make_head(self) -> Means:
        if self.config.transform not in TRANSFORMS or not self.config.filters:
            raise ValueError(f"{self.config}: give the filters of an encoder, and one of {', '.join(map(repr, TRANSFORMS))}.")
        self.logits = PrototypeLogits(dtype="float32", name="logits")
        return Means(self.logits, self.transformed)

    def transformed(self, rows: tf.Tensor) -> tf.Tensor:
        """Features `[B, N, D]` as distances are taken between them."""
        if self.config.transform == "UN":
            return rows
        return unit_rows(rows - self.center if self.config.transform == "CL2N" else rows)


def tiny() -> dict[str, SimpleShot]:
    """The smallest of every variant of the graph."""
    small: dict[str, Any] = {"size": 12, "filters": (4, 6), "shrink": ("stride", "padded_pool")}
    return {"centred": SimpleShot(SimpleShotConfig(**small))}
