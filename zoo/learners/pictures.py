"""Pictures to embeddings: an encoder of pictures, whose embeddings may average over small shifts of a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import tensorflow as tf

from zoo.layers import over_shifts
from zoo.learners.shape import Shape


@final
@dataclass(frozen=True, eq=False)
class Pictures:
    """How a classifier embeds pictures; a plain object, whose layers are attributes of the model that made it.

    Attributes:
        size, channels: of a picture.
        features: pictures as they are, and `training=` whether this is training, to features: `[rows, ...] -> [rows, D]`.
        views: if above 0, outside training an embedding is the mean over the picture and its four shifts by so many pixels.
    """

    size: int
    channels: int
    features: Callable[..., tf.Tensor]
    views: int = 0

    @property
    def example(self) -> Shape:
        """Axes of one picture."""
        return Shape((self.size, self.size, self.channels))

    def __call__(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Embed pictures, `[rows, size, size, channels] -> float32 [rows, D]`."""
        pixels = 0 if training else self.views
        return over_shifts(lambda pictures: tf.cast(self.features(pictures, training=training), tf.float32), x, pixels)
