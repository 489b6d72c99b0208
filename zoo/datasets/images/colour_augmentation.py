"""Distortions of pictures in colour: their form, their light and their colours, drawn anew for every picture.

Pictures are continued beyond their border by their nearest pixels, as their background has a colour of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import tensorflow as tf

from zoo.datasets.images.augmentation import Augmentation, moved
from zoo.utils.errors import ZooError

_COMPONENTS = 6  # brightness, contrast, vividness, and a factor of red, green and blue


@dataclass(frozen=True)
class ColourAugmentation:
    """Distort pictures `[n, height, width, 3]` of numbers from 0 to 1.

    Attributes:
        form: how their form is distorted; every picture on its own.
        brightness: largest change, either way, on the scale from 0 to 1.
        contrast: largest change of the differences from mean grey, a share, either way.
        vividness: largest change of the differences between the channels, a share, either way.
        tint: largest change of each channel's brightness, a share, either way.
    """

    form: Augmentation = field(default_factory=Augmentation)
    brightness: float = 0.1
    contrast: float = 0.2
    vividness: float = 0.3
    tint: float = 0.1

    per_class: ClassVar[bool] = False

    def __post_init__(self) -> None:
        changes = (self.brightness, self.contrast, self.vividness, self.tint)
        if min(changes) < 0 or max(changes) > 1:
            raise ZooError(f"{self}: give brightness, contrast, vividness and tint from 0 to 1.")
        if self.form.per_class:
            raise ZooError("form.per_class=True: pictures in colour are distorted one by one; leave it false.")

    def components(self, shape: Sequence[int], seed: tf.Tensor) -> tf.Tensor:
        """Draw distortions: those of the form, then brightness, contrast, vividness and three tints, `[*shape, 13]`."""
        most = tf.constant([self.brightness, self.contrast, self.vividness, self.tint, self.tint, self.tint])
        # Another seed, so that colours are independent of the form.
        colour = tf.random.stateless_uniform(
            tf.concat([shape, [_COMPONENTS]], 0), seed + tf.constant([1 << 50, 0], tf.int64), -1.0
        )
        return tf.concat([self.form.components(shape, seed), colour * most], axis=-1)

    def distort(self, images: tf.Tensor, components: tf.Tensor) -> tf.Tensor:
        """Distort images, each by its own components `[n, 13]`; same shape, from 0 to 1."""
        images = moved(images, components[:, :-_COMPONENTS], "NEAREST")
        change = components[:, None, None, -_COMPONENTS:]
        grey = tf.reduce_mean(images, axis=3, keepdims=True)
        images = grey + (images - grey) * (1.0 + change[..., 2:3])
        images = 0.5 + (images - 0.5) * (1.0 + change[..., 1:2]) + change[..., 0:1]
        return tf.clip_by_value(images * (1.0 + change[..., 3:]), 0.0, 1.0)
