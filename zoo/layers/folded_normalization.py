"""A convolution with few inputs and the batch normalisation after it, in one: the moments of the outputs follow from the inputs.

S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015,
section 3.2: an output of a convolution is y = w u, u the patch of the picture under the kernel, so that E[y] = w E[u] and
Var[y] = w Cov[u] w^T. Where a patch has far fewer numbers than there are outputs, as in the first block of an encoder, these sums
are small, and the factor of the normalisation goes into the kernel: the outputs, by far the largest tensor of a training step,
are written once, with no further pass over them for mean, variance and gradients. Only the order of rounding differs.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import across_workers
from zoo.layers.fused_batch_normalization import FusedBatchNormalization

FEWER = 3  # folding pays from this many outputs for each number of a patch


def folds(convolution: keras.layers.Conv2D, channels: int) -> bool:
    """Whether folding pays: a convolution of pictures with this many channels has far fewer inputs than outputs."""
    return convolution.filters >= FEWER * math.prod(convolution.kernel_size) * channels


def folded(
    convolution: keras.layers.Conv2D, normalisation: FusedBatchNormalization, pictures: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Convolve and normalise a training batch, all but the addition of the offset.

    The moving averages of the normalisation are updated as if it were called.

    Args:
        convolution: a built `keras.layers.Conv2D` without bias.
        normalisation: a built `FusedBatchNormalization` for its outputs.
        pictures: `[B, height, width, C]`.

    Returns:
        maps `[B, height', width', filters]` and offset `[filters]`; maps + offset is the output of the two layers in sequence.
    """
    kernel = tf.cast(convolution.kernel, tf.float32)
    flat = tf.reshape(kernel, [-1, convolution.filters])  # w: [P, filters]
    patch_mean, patch_covariance = _patch_moments(convolution, pictures)  # [P], [P, P]
    mean = tf.linalg.matvec(flat, patch_mean, transpose_a=True)  # [filters]
    variance = tf.reduce_sum(flat * tf.matmul(patch_covariance, flat), axis=0)  # [filters]
    normalisation.move(mean, variance)
    scale = normalisation.gamma * tf.math.rsqrt(variance + normalisation.epsilon)
    maps = convolution.convolution_op(pictures, tf.cast(kernel * scale, pictures.dtype))  # [B, height', width', filters]
    return maps, tf.cast(normalisation.beta - mean * scale, pictures.dtype)


def _patch_moments(convolution: keras.layers.Conv2D, pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean `[P]` and covariance `[P, P]`, over all places, of the patches under a kernel of P = height x width x channels."""
    size = math.prod(convolution.kernel.shape[:-1])
    each = tf.constant(np.eye(size, dtype=np.float32).reshape(*convolution.kernel.shape[:-1], size), pictures.dtype)
    patches = tf.reshape(tf.cast(convolution.convolution_op(pictures, each), tf.float32), [-1, size])  # [places, P]
    mean = across_workers.row_mean(patches, [0])
    apart = patches - mean
    count = across_workers.mean(tf.cast(tf.shape(patches)[0], tf.float32))
    return mean, across_workers.mean(tf.matmul(apart, apart, transpose_a=True)) / count
