"""Losses of every pair of examples of a support: they teach from one shot whatever the shots of an episode are."""

import tensorflow as tf

from zoo.layers import across_workers, clear_padding, real_rows


def pair_loss(logits: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """One-shot loss of every pair of one class, from every example's logits against each other example.

    Where i and j are of one class, j stands for it alone, and every other class for itself by the mean likelihood of its
    examples: -log(e_ij / (e_ij + sum over the other classes of the mean of e_ik)) with e_ij = exp(logits_ij), the mean over all
    such i and j.

    Args:
        logits: `[B, N, N]`.
        support_y: one-hot `[B, N, ways]`.
        support_size: int32 `[B]`.
    """
    label = clear_padding(tf.cast(support_y, logits.dtype), support_size)
    together = tf.matmul(label, label, transpose_b=True)  # [B, N, N]: 1 where both are of one class
    count = tf.reduce_sum(together, axis=2, keepdims=True)  # of the example's own class; 0 for padding
    real = tf.matmul(tf.ones_like(count), count, transpose_b=True)  # [B, N, N]: of the class of the second
    against = tf.where((together > 0) | (real == 0), tf.fill(tf.shape(logits), -1e9), logits - tf.math.log(tf.maximum(real, 1.0)))
    others = tf.reduce_logsumexp(against, axis=2, keepdims=True)
    pair = tf.linalg.set_diag(together, tf.zeros(tf.shape(together)[:2], together.dtype))
    loss = tf.where(pair > 0, tf.nn.softplus(others - logits), tf.zeros_like(logits))
    return tf.reduce_sum(loss) / tf.maximum(across_workers.mean(tf.reduce_sum(pair)), 1.0)


def verification_loss(log_odds: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of all pairs of two examples of a support; pairs of one class weigh as much in all as the others.

    Args:
        log_odds: of every pair, `[B, N, N]`.
        support_y: one-hot `[B, N, ways]`.
        support_size: int32 `[B]`.
    """
    label = clear_padding(tf.cast(support_y, log_odds.dtype), support_size)
    real = tf.cast(real_rows(support_size, tf.shape(log_odds)[1]), log_odds.dtype)  # [B, N, 1]
    same = tf.matmul(label, label, transpose_b=True)
    other = tf.matmul(real, real, transpose_b=True) - same
    same = tf.linalg.set_diag(same, tf.zeros(tf.shape(same)[:2], same.dtype))
    like = _mean(tf.nn.softplus(-log_odds), same)
    unlike = _mean(tf.nn.softplus(log_odds), other)
    return (like + unlike) / 2.0


def _mean(loss: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(loss * weight) / tf.maximum(across_workers.mean(tf.reduce_sum(weight)), 1.0)
