"""A convolutional encoder of pictures: Conv-4, the backbone of most few-shot papers, and shapes of it that cost less.

O. Vinyals et al., "Matching networks for one shot learning", 2016, section 4.1: four blocks of a 3 x 3 convolution, batch
normalisation, ReLU and a 2 x 2 maximum pool. The ReLU comes after the pool here: the same function, as both only grow with their
input, on a quarter of the numbers. No bias goes before a normalisation, which would take it away again; and in training that of a
first block folds into its convolution, see `zoo.layers.folded_normalization`.
"""

import math

import keras
import tensorflow as tf

from zoo.layers import activations
from zoo.layers.folded_normalization import folded, folds
from zoo.layers.fused_batch_normalization import FusedBatchNormalization

SHRINK = ("pool", "padded_pool", "stride", "none")


@keras.saving.register_keras_serializable("zoo")
class ConvolutionalEncoder(keras.layers.Layer):
    """Encode pictures: `[..., height, width, channels] -> [..., features]`, float32 in the precision of the layer.

    Args:
        filters: of every block's convolution.
        shrink: how every block halves height and width: "pool" drops an odd row as published, "padded_pool" keeps it, "stride"
            lets the convolution take every second place only, "none" leaves the size; one word for all blocks, or one each.
        kernel: side of the convolutions.
        momentum: of the moving averages of the normalisation.

    Raises:
        ValueError: for no blocks, an unknown way to shrink, or another number of them than of blocks.
    """

    def __init__(self, filters=(64, 64, 64, 64), shrink="pool", kernel=3, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        ways = (shrink,) * len(filters) if isinstance(shrink, str) else tuple(shrink)
        if not filters or min(filters) < 1 or len(ways) != len(filters) or not set(ways) <= set(SHRINK):
            raise ValueError(
                f"ConvolutionalEncoder(filters={filters!r}, shrink={shrink!r}): give the filters of one block or more, and for "
                f"all or for each one of {', '.join(map(repr, SHRINK))}."
            )
        self.ways = ways
        self.convolutions = [
            keras.layers.Conv2D(
                width,
                kernel,
                strides=2 if way == "stride" else 1,
                padding="same",
                use_bias=False,
                dtype=self.dtype_policy,
                name=f"convolution_{block}",
            )
            for block, (width, way) in enumerate(zip(filters, ways, strict=True))
        ]
        self.normalisations = [
            FusedBatchNormalization(momentum, dtype=self.dtype_policy, name=f"normalisation_{block}")
            for block in range(len(filters))
        ]

    def build(self, pictures_shape):
        shapes = self._shapes(pictures_shape)
        for block, before in enumerate(shapes[:-1]):
            self.convolutions[block].build((None, *before))
            self.normalisations[block].build(self.convolutions[block].compute_output_shape((None, *before)))
        if math.prod(shapes[-1]) == 0:
            raise ValueError(
                f"ConvolutionalEncoder: nothing is left of pictures of {tuple(pictures_shape[-3:])}; take fewer blocks."
            )
        self.built = True

    def call(self, pictures, training=False):
        pictures = tf.convert_to_tensor(pictures)
        maps = tf.reshape(pictures, [-1, *pictures.shape[-3:]])
        for convolution, normalisation, way in zip(self.convolutions, self.normalisations, self.ways, strict=True):
            offset = None
            if training and folds(convolution, maps.shape[-1]):
                maps, offset = folded(convolution, normalisation, maps)
            else:
                maps = normalisation(convolution(maps), training=training)
            if way.endswith("pool"):
                maps = tf.nn.max_pool2d(maps, 2, 2, "VALID" if way == "pool" else "SAME")
            if offset is not None:
                maps = tf.nn.bias_add(maps, offset)  # after the pool, which it commutes with
            maps = (tf.nn.relu if training else activations.relu)(maps)  # no export trains
        leading = [tf.shape(pictures)[axis] if size is None else size for axis, size in enumerate(pictures.shape[:-3])]
        return tf.reshape(maps, [*leading, math.prod(maps.shape[1:])])

    def compute_output_shape(self, pictures_shape):
        return (*pictures_shape[:-3], math.prod(self._shapes(pictures_shape)[-1]))

    def _shapes(self, pictures_shape) -> list[tuple[int, int, int]]:
        """Height, width and channels before every block, and after the last."""
        height, width, channels = pictures_shape[-3:]
        shapes = [(height, width, channels)]
        for convolution, way in zip(self.convolutions, self.ways, strict=True):
            if way != "none":
                height, width = ((side + (way != "pool")) // 2 for side in (height, width))
            shapes.append((height, width, convolution.filters))
        return shapes
