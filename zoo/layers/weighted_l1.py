"""The weighted L1 head: whether two embeddings are of one class, from how far they are apart in each of their numbers.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015, section 3.1:
p = sigmoid(sum_j alpha_j |h_1j - h_2j|), alpha learned, of either sign; with a bias, as every layer of theirs.
"""

import keras
import tensorflow as tf

# Before training. Sigmoids of independent normal numbers differ by 0.24 on average; at 0.14 two pictures are as likely of one
# class as not, and far from it either way clearly so. The weight is that of all numbers together.
FIRST_WEIGHT, FIRST_BIAS = -160.0, 22.0


@keras.saving.register_keras_serializable("zoo")
class WeightedL1(keras.layers.Layer):
    """Log-odds that two embeddings are of one class, of every pair: `[B, M, D], [B, N, D] -> [B, M, N]`."""

    def build(self, query_shape, support_shape=None):
        width = query_shape[-1]
        start = keras.initializers.Constant(FIRST_WEIGHT / width)
        self.alpha = self.add_weight(name="alpha", shape=(width, 1), initializer=start)
        self.bias = self.add_weight(name="bias", shape=(), initializer=keras.initializers.Constant(FIRST_BIAS))
        self.built = True

    def call(self, query, support):
        apart = tf.abs(tf.expand_dims(query, 2) - tf.expand_dims(support, 1))  # [B, M, N, D]
        shape = tf.shape(apart)[:3]
        rows = tf.matmul(tf.reshape(apart, [-1, apart.shape[3]]), tf.convert_to_tensor(self.alpha))
        return tf.reshape(rows, shape) + tf.convert_to_tensor(self.bias)

    def compute_output_shape(self, query_shape, support_shape):
        return (*query_shape[:2], support_shape[1])
