"""EfficientNet-Lite0 as a Keras model: the smallest EfficientNet in the form for small devices.

M. Tan, Q. V. Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019; its authors' Lite form of
2020 has ReLU6 in place of swish, and no squeeze-and-excitation. Inputs are pictures of 224 x 224 in colour, (x - 127) / 128 of
bytes x; the embedding is 1,280 numbers, the mean over all places.
"""

from collections.abc import Mapping

import keras
import numpy as np

SIDE, WIDTH = 224, 1280
STEM = 32
# Of each stage: repeats, kernel, stride of the first block, expansion, filters.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
EPSILON = 1e-3  # of batch normalisation, as it was trained

layers = keras.layers


def efficientnet_lite0() -> keras.Model:
    """The network without its classes, with weights at random; `with_weights` gives it those of ImageNet."""
    x = inputs = keras.Input((SIDE, SIDE, 3))
    x = _convolution(x, STEM, 3, 2, "stem")
    number = 0
    for repeats, kernel, stride, expansion, filters in STAGES:
        for repeat in range(repeats):
            x = _block(x, (kernel, stride if repeat == 0 else 1, expansion, filters), f"block_{number}")
            number += 1
    x = _convolution(x, WIDTH, 1, 1, "head")
    return keras.Model(inputs, layers.GlobalAveragePooling2D(name="pool")(x), name="efficientnet_lite0")


def with_weights(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> keras.Model:
    """Set the weights of the network by the names that PyTorch's EfficientNets give them, kernels `[out, in, height, width]`."""
    for layer in model.layers:
        if isinstance(layer, layers.DepthwiseConv2D):
            layer.set_weights([arrays[f"{_their(layer.name)}.weight"].transpose(2, 3, 0, 1)])
        elif isinstance(layer, layers.Conv2D):
            layer.set_weights([arrays[f"{_their(layer.name)}.weight"].transpose(2, 3, 1, 0)])
        elif isinstance(layer, layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([arrays[f"{_their(layer.name)}.{part}"] for part in parts])
    return model


def _block(x: keras.KerasTensor, about: tuple[int, int, int, int], name: str) -> keras.KerasTensor:
    """An inverted residual block: wider by 1 x 1, through a depthwise convolution, narrower again."""
    kernel, stride, expansion, filters = about
    before, channels = x, x.shape[-1]
    if expansion > 1:
        x = _convolution(x, channels * expansion, 1, 1, f"{name}_expand")
    x = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_depthwise_norm")(x))
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(x)
    x = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_project_norm")(x)
    return layers.Add()([x, before]) if stride == 1 and channels == filters else x


def _convolution(x: keras.KerasTensor, filters: int, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, stride, "same", use_bias=False, name=name)(x)
    return layers.ReLU(6.0)(layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_norm")(x))


def _their(name: str) -> str:
    """The name of a layer in PyTorch's state: `block_3_expand_norm` is `_blocks.3._bn0`."""
    whole = {"stem": "_conv_stem", "stem_norm": "_bn0", "head": "_conv_head", "head_norm": "_bn1"}
    if name in whole:
        return whole[name]
    _, number, part = name.split("_", 2)
    parts = {"expand": "expand_conv", "depthwise": "depthwise_conv", "project": "project_conv"}
    norms = {"expand_norm": "bn0", "depthwise_norm": "bn1", "project_norm": "bn2"}
    return f"_blocks.{number}._{(parts | norms)[part]}"
