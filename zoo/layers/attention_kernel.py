"""The attention kernel of matching networks: the weights of support examples for a query, a softmax of similarities.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016, section 2.1:
a(x, x_i) is the softmax over the examples, not the classes, of the cosine of the two embeddings. A cosine is at most 1, so this
softmax cannot become confident: with non-negative embeddings a 20-way loss cannot fall below 2.08. Hence the other kernels.
"""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.prototypes import negative_squared_distances, unit_rows
from zoo.layers.shapes import KerasShape

KERNELS = ("cosine", "scaled_cosine", "squared_euclidean", "dot")
FIRST_SCALE = 10.0  # of the scaled cosine, before training
NO_ROW = -1e6  # similarity to padding, whose weight then is 0


@keras.saving.register_keras_serializable("zoo")
class AttentionKernel(keras.layers.Layer):
    """Similarity of every query to every example: `[B, M, D], [B, N, D] -> [B, M, N]`; `attention` makes weights of it.

    Reference: Vinyals et al., "Matching networks for one shot learning", 2016, section 2.1.

    Args:
        kernel: "cosine" (the paper's), "scaled_cosine" (times a positive number that is learned), "squared_euclidean" (minus the
            squared distance), or "dot" (the dot product).

    Raises:
        ValueError: for another kernel.
    """

    def __init__(self, kernel: str = "cosine", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if kernel not in KERNELS:
            raise ValueError(f"AttentionKernel(kernel={kernel!r}): choose one of {', '.join(map(repr, KERNELS))}.")
        self.kernel = kernel

    def build(self, query_shape: KerasShape, support_shape: KerasShape | None = None) -> None:
        if self.kernel == "scaled_cosine":
            start = keras.initializers.Constant(float(np.log(FIRST_SCALE)))
            self.log_scale = self.add_weight(name="log_scale", shape=(), initializer=start)
        self.built = True

    def call(self, query: tf.Tensor, support: tf.Tensor) -> tf.Tensor:
        if self.kernel == "squared_euclidean":
            # Distances do not depend on the origin; with the first example as origin the numbers are small and round less.
            origin = support[:, :1]  # [B, 1, D]
            return negative_squared_distances(query - origin, support - origin)
        if self.kernel == "dot":
            return tf.matmul(query, support, transpose_b=True)  # [B, M, N]
        cosine = tf.matmul(unit_rows(query), unit_rows(support), transpose_b=True)  # [B, M, N]
        return cosine * tf.exp(tf.convert_to_tensor(self.log_scale)) if self.kernel == "scaled_cosine" else cosine

    def compute_output_shape(self, query_shape: KerasShape, support_shape: KerasShape) -> KerasShape:
        return (*query_shape[:2], support_shape[1])


def attention(similarity: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    """Attention weights of the real rows, a softmax over them: `[B, M, N], bool [B, N] -> [B, M, N]`.

    Reference: Vinyals et al., "Matching networks for one shot learning", 2016, section 2.1.

    Args:
        similarity: of M queries to N rows, `[B, M, N]`.
        real: bool `[B, N]`, false for padding.

    Returns:
        `[B, M, N]`, 0 for padding; the weights of a query sum to 1, or are all 0 where no row is real.
    """
    real = tf.expand_dims(real, 1)  # [B, 1, N]
    among = tf.where(real, similarity, tf.fill(tf.shape(similarity), tf.constant(NO_ROW, similarity.dtype)))
    return tf.where(real, tf.nn.softmax(among), tf.zeros_like(similarity))
