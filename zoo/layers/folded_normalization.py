"""A convolution of few inputs and the batch normalisation after it, at once: the moments of its outputs follow from its inputs.

S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015,
section 3.2: an output of a convolution is y = w u, u the patch of the picture under the kernel, so that E[y] = w E[u] and
Var[y] = w Cov[u] w^T. Where a patch has far fewer numbers than there are outputs, as in the first block of an encoder, these sums
are small, and what the normalisation multiplies by goes into the kernel: the outputs, by far the largest tensor of a training
step, are written once and never walked through for their mean, variance and gradients. Only the order of rounding differs.
"""

import math

import numpy as np
import tensorflow as tf

FEWER = 3  # outputs for each number of a patch, from which on it pays


def folds(convolution, channels: int) -> bool:
    """Whether the kernel of a convolution of so many channels has so few inputs that folding pays."""
    return convolution.filters >= FEWER * math.prod(convolution.kernel_size) * channels


def folded(convolution, normalisation, pictures):
    """Convolve and normalise a training batch, all but the last sum.

    The moving averages of the normalisation move as if it were called.

    Args:
        convolution: a built `keras.layers.Conv2D` without bias.
        normalisation: a built `FusedBatchNormalization` for its outputs.
        pictures: `[B, height, width, C]`.

    Returns:
        maps `[B, height', width', filters]` and offset `[filters]`, whose sum is what the two layers give one after the other.
    """
    kernel = tf.cast(convolution.kernel, tf.float32)
    flat = tf.reshape(kernel, [-1, convolution.filters])  # w
    patch_mean, patch_covariance = _patch_moments(convolution, pictures)
    mean = tf.linalg.matvec(flat, patch_mean, transpose_a=True)
    variance = tf.reduce_sum(flat * tf.matmul(patch_covariance, flat), axis=0)
    normalisation.move(mean, variance)
    scale = normalisation.gamma * tf.math.rsqrt(variance + normalisation.epsilon)
    maps = convolution.convolution_op(pictures, tf.cast(kernel * scale, pictures.dtype))
    return maps, tf.cast(normalisation.beta - mean * scale, pictures.dtype)


def _patch_moments(convolution, pictures):
    """Mean `[P]` and covariance `[P, P]` over all places of the patches under a kernel, P its height x width x channels."""
    size = math.prod(convolution.kernel.shape[:-1])
    each = tf.constant(np.eye(size, dtype=np.float32).reshape(*convolution.kernel.shape[:-1], size), pictures.dtype)
    patches = tf.reshape(tf.cast(convolution.convolution_op(pictures, each), tf.float32), [-1, size])
    mean = tf.reduce_mean(patches, axis=0)
    apart = patches - mean
    count = tf.cast(tf.shape(patches)[0], tf.float32)
    return mean, tf.matmul(apart, apart, transpose_a=True) / count
