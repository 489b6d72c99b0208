"""Absolute determinants by Gaussian elimination with partial pivoting; TensorFlow's own operation does not convert to ONNX."""

import tensorflow as tf


def absolute_determinant(matrix: tf.Tensor) -> tf.Tensor:
    """|det| of every matrix, `[B, n, n] -> [B]`, with n known when the graph is built.

    Method: Gaussian elimination with partial pivoting, a column at a time. A singular matrix has 0.
    """
    determinant = tf.ones_like(matrix[:, 0, 0])  # [B]
    for left in range(matrix.shape[2], 0, -1):  # columns left; the matrix is [B, n, left]
        column = matrix[:, :, 0]  # [B, n]
        row = tf.expand_dims(tf.argmax(tf.abs(column), axis=1, output_type=tf.int32), 1)  # [B, 1]
        is_pivot = tf.expand_dims(tf.equal(tf.expand_dims(tf.range(matrix.shape[1]), 0), row), 2)  # [B, n, 1]
        pivot_row = tf.reduce_sum(tf.where(is_pivot, matrix, tf.zeros_like(matrix)), axis=1, keepdims=True)  # [B, 1, left]
        pivot = pivot_row[:, :, 0]  # [B, 1]
        determinant = determinant * tf.squeeze(tf.abs(pivot), 1)
        if left > 1:
            factor = column / tf.where(tf.equal(pivot, 0.0), tf.ones_like(pivot), pivot)  # [B, n]
            # The pivot's own row becomes zero too, so that it is never a pivot again.
            matrix = (matrix - tf.expand_dims(factor, 2) * pivot_row)[:, :, 1:]  # [B, n, left - 1]
    return determinant
