"""What an encoder of somebody else's wants to see: pictures of tones from 0 to 1 as the numbers that it was trained on.

The names are those of what Keras' `keras.applications` do in `preprocess_input`: "tf", "torch" and "caffe" of its
`imagenet_utils` are "-1..1", "imagenet" and "caffe" here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import tensorflow as tf

from zoo.utils.errors import ZooError, cut

Given = str | tuple[Any, Any]
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of red, green and blue over ImageNet
CAFFE = (103.939, 116.779, 123.68)  # means of blue, green and red, of 255


@final
@dataclass(frozen=True)
class Preprocessing:
    """Tones times `scale` plus `offset`, each one number or one for each channel, in the order that is said.

    Attributes:
        scale, offset: of each channel.
        reversed: whether channels come blue, green, red before they are scaled.
    """

    scale: tuple[float, ...] = (1.0,)
    offset: tuple[float, ...] = (0.0,)
    reversed: bool = False

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Pictures as an encoder wants them, `[rows, ..., channels] -> [rows, ..., channels]`."""
        x = tf.cast(x, tf.float32)
        if self.reversed:
            x = tf.gather(x, list(range(x.shape[-1] - 1, -1, -1)), axis=-1)
        return x if self == Preprocessing() else x * tf.constant(self.scale) + tf.constant(self.offset)


NAMED = {
    "0..1": Preprocessing(),
    "0..255": Preprocessing((255.0,)),
    "-1..1": Preprocessing((2.0,), (-1.0,)),
    "imagenet": Preprocessing(
        tuple(1.0 / each for each in DEVIATION), tuple(-mean / each for mean, each in zip(MEAN, DEVIATION, strict=True))
    ),
    "caffe": Preprocessing((255.0,), tuple(-mean for mean in CAFFE), reversed=True),
}


def preprocessing(given: Given, channels: int) -> Preprocessing:
    """What a user names, or gives as (scale, offset), for examples whose last axis has so many numbers.

    Raises:
        ZooError: for an unknown name, or numbers that are none or not as many as channels.
    """
    if isinstance(given, str):
        if given not in NAMED:
            raise ZooError(f"preprocess={cut(repr(given))}: choose {', '.join(map(repr, NAMED))}, or give (scale, offset).")
        found = NAMED[given]
    else:
        try:
            scale, offset = (_numbers(part) for part in given)
            found = Preprocessing(scale, offset)
        except (TypeError, ValueError):
            raise ZooError(
                f"preprocess={cut(given)}: give (scale, offset), each a finite number or one for each channel: an encoder then "
                "sees tones of 0 to 1 times scale plus offset."
            ) from None
    for part in (found.scale, found.offset):
        if len(part) not in (1, channels):
            raise ZooError(
                f"preprocess={cut(repr(given))} is of {len(part)} channels, and the encoder's examples have {channels}."
            )
    return found


def _numbers(part: Any) -> tuple[float, ...]:
    numbers = tuple(float(each) for each in (part if isinstance(part, Sequence) else (part,)))
    if not numbers or not all(map(math.isfinite, numbers)):
        raise ValueError
    return numbers
