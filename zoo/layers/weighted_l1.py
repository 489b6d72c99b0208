"""The weighted L1 head: whether two embeddings are of one class, from their absolute difference in each number.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015, section 3.1:
p = sigmoid(sum_j alpha_j |h_1j - h_2j|), alpha learned, of either sign; with a bias, as every layer of theirs.
"""

import keras
import tensorflow as tf

from zoo.layers.shapes import KerasShape, known_sizes

# Initial values. Sigmoids of independent normal numbers differ by 0.24 on average; here the log-odds are 0 at a mean difference
# of 0.14, and far from 0 on either side. The weight is divided by the width of the embeddings.
FIRST_WEIGHT, FIRST_BIAS = -160.0, 22.0


@keras.saving.register_keras_serializable("zoo")
class WeightedL1(keras.layers.Layer):
    """Log-odds, for every pair of embeddings, that the two are of one class: `[B, M, D], [B, N, D] -> [B, M, N]`.

    Reference: Koch et al., "Siamese neural networks for one-shot image recognition", 2015, section 3.1.

    Raises:
        ValueError: when it is built, if D is unknown.
    """

    def build(self, query_shape: KerasShape, support_shape: KerasShape | None = None) -> None:
        (width,) = known_sizes(self, query_shape, 1)
        start = keras.initializers.Constant(FIRST_WEIGHT / width)
        self.alpha = self.add_weight(name="alpha", shape=(width, 1), initializer=start)
        self.bias = self.add_weight(name="bias", shape=(), initializer=keras.initializers.Constant(FIRST_BIAS))
        self.built = True

    def call(self, query: tf.Tensor, support: tf.Tensor) -> tf.Tensor:
        apart = tf.abs(tf.expand_dims(query, 2) - tf.expand_dims(support, 1))  # [B, M, N, D]
        shape = tf.shape(apart)[:3]
        rows = tf.matmul(tf.reshape(apart, [-1, apart.shape[3]]), tf.convert_to_tensor(self.alpha))  # [B M N, 1]
        return tf.reshape(rows, shape) + tf.convert_to_tensor(self.bias)

    def compute_output_shape(self, query_shape: KerasShape, support_shape: KerasShape) -> KerasShape:
        return (*query_shape[:2], support_shape[1])
