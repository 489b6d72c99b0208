"""A convolutional encoder of pictures: Conv-4, the backbone of most few-shot papers, and cheaper variants of it.

O. Vinyals et al., "Matching networks for one shot learning", 2016, section 4.1: four blocks of a 3 x 3 convolution, batch
normalisation, ReLU and a 2 x 2 maximum pool. The ReLU comes after the pool here: the same function, since both are monotonic, on
a quarter of the numbers. The convolutions have no bias, since the normalisation would subtract it. In training, the normalisation
of a first block is folded into its convolution, see `zoo.layers.folded_normalization`.
"""

import math
from collections.abc import Sequence

import keras
import tensorflow as tf

from zoo.layers import activations
from zoo.layers.folded_normalization import folded, folds
from zoo.layers.fused_batch_normalization import FusedBatchNormalization
from zoo.layers.shapes import CHANNELS_LAST, KerasShape, known_sizes

SHRINK = ("pool", "padded_pool", "stride", "none")


@keras.saving.register_keras_serializable("zoo")
class ConvolutionalEncoder(keras.layers.Layer):
    """Encode pictures: `[..., height, width, channels] -> [..., features]`, in the compute dtype of the layer.

    Reference: Vinyals et al., "Matching networks for one shot learning", 2016, section 4.1.

    Args:
        filters: number of filters of each block's convolution.
        shrink: how a block halves height and width: "pool" drops an odd row and column as published, "padded_pool" keeps them,
            "stride" gives the convolution a stride of 2 and omits the pool, "none" keeps the size. One word for all blocks, or
            one for each.
        kernel: side of the convolutions' kernels.
        momentum: of the moving averages, see `FusedBatchNormalization`.

    Raises:
        ValueError: if there is no block, a block has no filter, or `shrink` has an unknown word or not one for each block; when
            the layer is built, if the size of the pictures is unknown or too small for so many blocks.
    """

    def __init__(
        self,
        filters: Sequence[int] = (64, 64, 64, 64),
        shrink: str | Sequence[str] = "pool",
        kernel: int = 3,
        momentum: float = 0.9,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        modes = (shrink,) * len(filters) if isinstance(shrink, str) else tuple(shrink)
        if not filters or min(filters) < 1 or len(modes) != len(filters) or not set(modes) <= set(SHRINK):
            raise ValueError(
                f"ConvolutionalEncoder(filters={filters!r}, shrink={shrink!r}): give the filters of one block or more, and for "
                f"all or for each one of {', '.join(map(repr, SHRINK))}."
            )
        self.shrink = modes
        self.convolutions = [
            keras.layers.Conv2D(
                width,
                kernel,
                strides=2 if mode == "stride" else 1,
                padding="same",
                use_bias=False,
                data_format=CHANNELS_LAST,
                dtype=self.dtype_policy,
                name=f"convolution_{block}",
            )
            for block, (width, mode) in enumerate(zip(filters, modes, strict=True))
        ]
        self.normalisations = [
            FusedBatchNormalization(momentum, dtype=self.dtype_policy, name=f"normalisation_{block}")
            for block in range(len(filters))
        ]

    def build(self, pictures_shape: KerasShape) -> None:
        shapes = self._shapes(pictures_shape)
        for block, before in enumerate(shapes[:-1]):
            self.convolutions[block].build((None, *before))
            self.normalisations[block].build(self.convolutions[block].compute_output_shape((None, *before)))
        if math.prod(shapes[-1]) == 0:
            raise ValueError(
                f"ConvolutionalEncoder: {len(self.shrink)} blocks shrink pictures of shape {tuple(pictures_shape[-3:])} to "
                "nothing; take fewer blocks or larger pictures."
            )
        self.built = True

    def call(self, pictures: tf.Tensor, training: bool = False) -> tf.Tensor:
        pictures = tf.convert_to_tensor(pictures)
        maps = tf.reshape(pictures, [-1, *pictures.shape[-3:]])  # [pictures, height, width, channels]
        for convolution, normalisation, mode in zip(self.convolutions, self.normalisations, self.shrink, strict=True):
            offset = None
            if training and folds(convolution, maps.shape[-1]):
                maps, offset = folded(convolution, normalisation, maps)  # [pictures, height, width, filters], [filters]
            else:
                maps = normalisation(convolution(maps), training=training)  # [pictures, height, width, filters]
            if mode.endswith("pool"):
                maps = tf.nn.max_pool2d(maps, 2, 2, "VALID" if mode == "pool" else "SAME")  # [pictures, h / 2, w / 2, filters]
            if offset is not None:
                maps = tf.nn.bias_add(maps, offset)  # after the pool, with which it commutes
            # The ReLU whose gradient converts is only needed at inference: a training step is never exported.
            maps = (tf.nn.relu if training else activations.relu)(maps)
        leading = [tf.shape(pictures)[axis] if size is None else size for axis, size in enumerate(pictures.shape[:-3])]
        return tf.reshape(maps, [*leading, math.prod(maps.shape[1:])])  # [..., features]

    def compute_output_shape(self, pictures_shape: KerasShape) -> tuple[*KerasShape, int]:
        return (*pictures_shape[:-3], math.prod(self._shapes(pictures_shape)[-1]))

    def _shapes(self, pictures_shape: KerasShape) -> list[tuple[int, int, int]]:
        """Height, width and channels before every block, and after the last."""
        height, width, channels = known_sizes(self, pictures_shape, 3)
        shapes = [(height, width, channels)]
        for convolution, mode in zip(self.convolutions, self.shrink, strict=True):
            if mode != "none":
                height, width = ((side + (mode != "pool")) // 2 for side in (height, width))
            shapes.append((height, width, convolution.filters))
        return shapes
