"""A convolutional autoencoder for frames: from a picture to a few latents that say where things are, and back.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, appendix: three convolutions of stride 2 down to two
numbers, and the mirror image back. The decoder is theirs. Departure: the encoder is one such convolution and a spatial
soft-argmax (C. Finn et al., "Deep spatial autoencoders for visuomotor learning", 2016), whose means are linear in a position
before any training; three convolutions and a dense layer learned latents in which the plane of positions is curled up.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from zoo.layers import activations
from zoo.layers.shapes import CHANNELS_LAST, KerasShape

SHARPNESS = 10.0  # factor before the softmax: at 1 the means of an untrained encoder hardly leave the centre
SHRINKINGS = 3  # convolutions 3 x 3 of stride 2 without padding, each of which maps a side of 2 s + 1 pixels to s
SLOPE = 0.01  # of the leaky ReLU in the paper's autoencoder; its other networks have 0.3


@keras.saving.register_keras_serializable("zoo")
class FrameEncoder(keras.layers.Layer):
    """Encode frames: `[..., height, width] -> [..., latents]`.

    Each filter gives a map of its response. The softmax of the map over places is a distribution, whose mean place, two numbers
    in [-1, 1] for row and column, goes into a linear layer.

    Reference: Finn et al., "Deep spatial autoencoders for visuomotor learning", 2016 (the spatial soft-argmax).

    Args:
        latents: numbers that a frame is encoded as, 1 or more.
        filters: number of 3 x 3 filters, of stride 2, 1 or more.

    Raises:
        ValueError: for a number below 1.
    """

    def __init__(self, latents: int = 2, filters: int = 8, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if min(latents, filters) < 1:
            raise ValueError(f"FrameEncoder(latents={latents!r}, filters={filters!r}): both must be 1 or more.")
        # No bias: the softmax does not change when a whole map is shifted by a constant.
        self.convolution = keras.layers.Conv2D(
            filters, 3, 2, use_bias=False, data_format=CHANNELS_LAST, dtype=self.dtype_policy, name="convolution"
        )
        self.dense = keras.layers.Dense(latents, dtype=self.dtype_policy, name="dense")

    def build(self, frames_shape: KerasShape) -> None:
        self.convolution.build((None, *frames_shape[-2:], 1))
        self.dense.build((None, 2 * self.convolution.filters))
        rows, columns = self.convolution.compute_output_shape((None, *frames_shape[-2:], 1))[1:3]
        places = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
        self.places = np.stack(places, axis=-1).reshape(-1, 2)  # [places, 2]
        self.built = True

    def call(self, frames: tf.Tensor) -> tf.Tensor:
        filters = self.convolution.filters
        maps = self.convolution(ops.reshape(frames, (-1, *frames.shape[-2:], 1)))  # [frames, rows, columns, filters]
        maps = ops.transpose(ops.reshape(maps, (-1, len(self.places), filters)), (0, 2, 1))  # [frames, filters, places]
        means = ops.matmul(ops.softmax(SHARPNESS * maps, axis=-1), ops.cast(self.places, maps.dtype))  # [frames, filters, 2]
        latents = self.dense(ops.reshape(means, (-1, 2 * filters)))  # [frames, latents]
        return _with_leading_axes(latents, frames, rank=2)

    def compute_output_shape(self, frames_shape: KerasShape) -> KerasShape:
        return (*frames_shape[:-2], self.dense.units)


@keras.saving.register_keras_serializable("zoo")
class FrameDecoder(keras.layers.Layer):
    """Draw frames: `[..., latents] -> [..., size, size]`, pixels from about 0 to 1.

    A dense layer, then three transposed convolutions 3 x 3 of stride 2, each followed by a leaky ReLU, the last one too.

    Reference: Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, appendix.

    Args:
        size: side of a frame in pixels, 8 k + 7: 15, 23, 31, 39, ...
        filters: number of filters of every transposed convolution but the last, which has one.

    Raises:
        ValueError: for another size, or no filter.
    """

    def __init__(self, size: int = 39, filters: int = 32, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if size < 15 or (size + 1) % 2**SHRINKINGS or filters < 1:
            raise ValueError(
                f"FrameDecoder(size={size!r}, filters={filters!r}): size must be 15, 23, 31, ..., filters 1 or more."
            )
        self.size, self.filters = size, filters
        self.smallest = (size + 1) // 2**SHRINKINGS - 1
        self.dense = keras.layers.Dense(self.smallest**2 * filters, dtype=self.dtype_policy, name="dense")
        self.convolutions = [
            keras.layers.Conv2DTranspose(
                width, 3, 2, data_format=CHANNELS_LAST, dtype=self.dtype_policy, name=f"convolution_{index}"
            )
            for index, width in enumerate((filters,) * (SHRINKINGS - 1) + (1,))
        ]

    def build(self, latents_shape: KerasShape) -> None:
        self.dense.build((None, latents_shape[-1]))
        side = self.smallest
        for convolution in self.convolutions:
            convolution.build((None, side, side, self.filters))
            side = 2 * side + 1
        self.built = True

    def call(self, latents: tf.Tensor) -> tf.Tensor:
        maps = self.dense(ops.reshape(latents, (-1, latents.shape[-1])))  # [frames, smallest^2 filters]
        maps = ops.reshape(maps, (-1, self.smallest, self.smallest, self.filters))  # [frames, 4, 4, filters] for 39 pixels
        for convolution in self.convolutions:  # [frames, 9, 9, filters], [frames, 19, 19, filters], [frames, 39, 39, 1]
            maps = activations.leaky_relu(convolution(maps), SLOPE)
        return _with_leading_axes(ops.reshape(maps, (-1, self.size, self.size)), latents, rank=1)

    def compute_output_shape(self, latents_shape: KerasShape) -> KerasShape:
        return (*latents_shape[:-1], self.size, self.size)


def _with_leading_axes(rows: tf.Tensor, like: tf.Tensor, rank: int) -> tf.Tensor:
    """Split the first axis of `rows [frames, ...]` into the leading axes of `like`: all of its axes but the last `rank`."""
    leading = ops.shape(like)[: len(like.shape) - rank]
    return ops.reshape(rows, (*leading, *rows.shape[1:]))
