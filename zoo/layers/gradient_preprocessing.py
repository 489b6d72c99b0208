"""A number as the logarithm of its size and its sign, so that a network reads gradients of any size.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, appendix A.
"""

import math

import tensorflow as tf


def log_and_sign(x: tf.Tensor, p: float = 10.0) -> tf.Tensor:
    """Two numbers for each: `[...] -> [..., 2]`.

    (log|x| / p, sign(x)) where |x| >= e^-p, and (-1, e^p x) below: the second number then takes over from the first. Both parts
    are continuous, so the two cases of the paper are two limits, and no logarithm of zero is taken.

    Args:
        x: of any shape.
        p: how small a number may be before it is shown by its value; 10 in the paper, 5 in the authors' code.
    """
    size = tf.math.log(tf.maximum(tf.abs(x), tf.cast(math.exp(-p), x.dtype))) / p
    return tf.stack([size, tf.clip_by_value(x * tf.cast(math.exp(p), x.dtype), -1.0, 1.0)], axis=-1)
