"""Generators of imagined examples: one example and noise in, further examples of the same class out.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, section 4. They work on features
that are not negative, those of an encoder that ends in a ReLU, and start as the identity.
"""

import keras
import tensorflow as tf

from zoo.layers.shapes import KerasShape, known_sizes

STEPS = 3  # dense layers
NOISE = 1e-2  # of noise in the first layer, before training


@keras.saving.register_keras_serializable("zoo")
class Hallucinator(keras.layers.Layer):
    """G: `[B, N, D] -> [B, N, draws, D]`, three dense layers with a ReLU after each, that read an example beside noise.

    Before training it returns the example but for a little noise: kernels are identities, and noise enters at `NOISE` of its
    size. The noise is a table of the layer's, so that the same example always imagines the same; training draws it anew.

    Reference: Wang et al., "Low-shot learning from imaginary data", 2018, section 4.

    Args:
        draws: examples that one example imagines, 1 or more.
        spread: standard deviation of the noise; with 0 there is none.

    Raises:
        ValueError: for no draws, or a negative spread; when it is built, if D is unknown.
    """

    def __init__(self, draws: int = 4, spread: float = 1.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if draws < 1 or spread < 0:
            raise ValueError(f"Hallucinator(draws={draws!r}, spread={spread!r}): give 1 or more draws, a spread of 0 or more.")
        self.draws, self.spread = draws, spread

    def build(self, x_shape: KerasShape) -> None:
        (width,) = known_sizes(self, x_shape, 1)
        little = keras.initializers.RandomNormal(stddev=NOISE / width**0.5)
        table = keras.initializers.RandomNormal(stddev=self.spread)
        self.noise = self.add_weight((self.draws, width), table, name="noise", trainable=False)
        self.noise_kernel = self.add_weight((width, width), little, name="noise_kernel")
        self.kernels = [self.add_weight((width, width), "identity", name=f"kernel_{step}") for step in range(STEPS)]
        self.biases = [self.add_weight((width,), "zeros", name=f"bias_{step}") for step in range(STEPS)]
        self.built = True

    def draw(self, seed: tf.Tensor) -> None:
        """Put another table of noise in place of this one; the same seed, int32 `[2]`, gives the same."""
        self.noise.assign(self.spread * tf.random.stateless_normal(self.noise.shape, seed))

    def call(self, x: tf.Tensor) -> tf.Tensor:
        first, *others = zip(self.kernels, self.biases, strict=True)
        noise = tf.matmul(tf.cast(self.noise, self.compute_dtype), tf.cast(self.noise_kernel, self.compute_dtype))  # [draws, D]
        h = tf.nn.relu(tf.expand_dims(_dense(x, *first), 2) + noise)  # [B, N, draws, D]
        for kernel, bias in others:
            h = tf.nn.relu(_dense(h, kernel, bias))
        return h

    def compute_output_shape(self, x_shape: KerasShape) -> KerasShape:
        return (*x_shape[:2], self.draws, x_shape[-1])


@keras.saving.register_keras_serializable("zoo")
class LearnedShift(keras.layers.Layer):
    """The least that a generator could learn, for comparison: one vector s for all, `x [B, N, D] -> relu(x + s) [B, N, 1, D]`."""

    draws = 1

    def build(self, x_shape: KerasShape) -> None:
        (width,) = known_sizes(self, x_shape, 1)
        self.shift = self.add_weight((width,), "zeros", name="shift")
        self.built = True

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return tf.expand_dims(tf.nn.relu(x + tf.cast(self.shift, self.compute_dtype)), 2)

    def compute_output_shape(self, x_shape: KerasShape) -> KerasShape:
        return (*x_shape[:2], 1, x_shape[-1])


def _dense(x: tf.Tensor, kernel: keras.Variable, bias: keras.Variable) -> tf.Tensor:
    return tf.matmul(x, tf.cast(kernel, x.dtype)) + tf.cast(bias, x.dtype)
