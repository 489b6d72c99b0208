"""The absolute value of determinants by Gaussian elimination with partial pivoting; TensorFlow's own does not convert to ONNX."""

import tensorflow as tf


def size_of_determinant(matrix):
    """|det| of every matrix, `[T, n, n] -> [T]`."""
    size = tf.ones_like(matrix[:, 0, 0])
    for left in range(matrix.shape[2], 0, -1):
        column = matrix[:, :, 0]  # [T, n]
        row = tf.expand_dims(tf.argmax(tf.abs(column), axis=1, output_type=tf.int32), 1)
        is_pivot = tf.expand_dims(tf.equal(tf.expand_dims(tf.range(matrix.shape[1]), 0), row), 2)  # [T, n, 1]
        pivot_row = tf.reduce_sum(tf.where(is_pivot, matrix, tf.zeros_like(matrix)), axis=1, keepdims=True)  # [T, 1, left]
        pivot = pivot_row[:, :, 0]  # [T, 1]
        size = size * tf.squeeze(tf.abs(pivot), 1)
        if left > 1:
            factor = column / tf.where(tf.equal(pivot, 0.0), tf.ones_like(pivot), pivot)
            # The pivot's own row becomes zero, so that it is no pivot again.
            matrix = (matrix - tf.expand_dims(factor, 2) * pivot_row)[:, :, 1:]
    return size
