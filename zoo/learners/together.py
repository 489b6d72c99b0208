"""Support and queries of an episode embedded in one call, as a batch normalisation in training is to see them.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, as its authors' code does.
"""

from collections.abc import Callable

import tensorflow as tf

from zoo.learners.endpoint import Tensors


def embedded_together(
    embed: Callable[[tf.Tensor], tf.Tensor], sizes: tuple[int | None, ...], episode: Tensors
) -> tuple[tf.Tensor, tf.Tensor]:
    """Embed all real rows of an episode batch; how many there are varies, so XLA cannot compile it.

    Args:
        embed: examples `[rows, *sizes] -> [rows, D]`.
        sizes: of an example.
        episode: the batch.

    Returns:
        support `[B, N, D]`, where padding is zero, and queries `[B, M, D]`.
    """
    support_x, size, query_x = (tf.convert_to_tensor(episode[name]) for name in ("support_x", "support_size", "query_x"))
    tasks, rows = tf.shape(support_x)[0], tf.shape(support_x)[1]
    real = tf.sequence_mask(size, rows)  # [B, N]
    together = tf.concat([tf.boolean_mask(support_x, real), tf.reshape(query_x, [-1, *sizes])], axis=0)
    embedded = embed(together)
    support_count, width = tf.reduce_sum(size), embedded.shape[1]
    places = tf.cast(tf.where(real), tf.int32)
    support = tf.scatter_nd(places, embedded[:support_count], tf.stack([tasks, rows, width]))
    return support, tf.reshape(embedded[support_count:], tf.stack([tasks, tf.shape(query_x)[1], width]))
