"""The attention kernel: a query's weights over the examples of a support, the softmax of how alike they are.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016, section 2.1:
a(x, x_i) is the softmax over the examples, not the classes, of the cosine of the two embeddings. A cosine is at most 1, so that
softmax can never be sure of a class: between non-negative embeddings 20 ways cannot get below a loss of 2.08. Hence the others.
"""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.prototypes import negative_squared_distances, unit_rows

KERNELS = ("cosine", "scaled_cosine", "squared_euclidean", "dot")
FIRST_SCALE = 10.0  # of the scaled cosine, before it is learned
NO_ROW = -1e6  # likeness to a row that is not there


@keras.saving.register_keras_serializable("zoo")
class AttentionKernel(keras.layers.Layer):
    """How alike queries and examples are: `[B, M, D], [B, N, D] -> [B, M, N]`, of which `attention` makes weights.

    Args:
        kernel: "cosine" (the paper's), "scaled_cosine" (times a positive number that is learned), "squared_euclidean" (minus the
            squared distance), or "dot" (the dot product).

    Raises:
        ValueError: for another kernel.
    """

    def __init__(self, kernel="cosine", **kwargs):
        super().__init__(**kwargs)
        if kernel not in KERNELS:
            raise ValueError(f"AttentionKernel(kernel={kernel!r}): choose one of {', '.join(map(repr, KERNELS))}.")
        self.kernel = kernel

    def build(self, query_shape, support_shape=None):
        if self.kernel == "scaled_cosine":
            start = keras.initializers.Constant(float(np.log(FIRST_SCALE)))
            self.log_scale = self.add_weight(name="log_scale", shape=(), initializer=start)
        self.built = True

    def call(self, query, support):
        if self.kernel == "squared_euclidean":
            # Moved so that the first example is the origin: small numbers round less, and no distance changes.
            origin = support[:, :1]
            return negative_squared_distances(query - origin, support - origin)
        if self.kernel == "dot":
            return tf.matmul(query, support, transpose_b=True)
        cosine = tf.matmul(unit_rows(query), unit_rows(support), transpose_b=True)
        return cosine * tf.exp(tf.convert_to_tensor(self.log_scale)) if self.kernel == "scaled_cosine" else cosine

    def compute_output_shape(self, query_shape, support_shape):
        return (*query_shape[:2], support_shape[1])


def attention(likeness, real):
    """Weights over the real rows, `[B, M, N], bool [B, N] -> [B, M, N]`; each row adds up to 1 where any row is real."""
    real = tf.expand_dims(real, 1)
    among = tf.where(real, likeness, tf.fill(tf.shape(likeness), tf.constant(NO_ROW, likeness.dtype)))
    return tf.where(real, tf.nn.softmax(among), tf.zeros_like(likeness))
