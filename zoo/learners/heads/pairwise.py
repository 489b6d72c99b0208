"""The head of Siamese networks: how likely every pair is of one class, and of a class the mean over its examples.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015.
"""

from typing import final

import tensorflow as tf

from zoo.layers import WeightedL1, class_means, without_empty
from zoo.learners.endpoint import Tensors
from zoo.learners.heads.kept_support import KeptSupport
from zoo.learners.heads.pair_losses import pair_loss, verification_loss


@final
class Pairwise(KeptSupport):
    """Learned task: the embedded support and its labels, see `KeptSupport`; a logit is the log-odds of a class alone.

    Args:
        log_odds: of every pair, `[B, M, D], [B, N, D] -> [B, M, N]`.
        pairs: weight in training of the cross-entropy of pairs, which is the paper's loss.
        rivals: weight in training of a loss in which every example of the support is to be found by each other one of its class.
    """

    def __init__(self, log_odds: WeightedL1, pairs: float, rivals: float):
        self.log_odds, self.pairs, self.rivals = log_odds, pairs, rivals

    def logits(self, task: Tensors, query: tf.Tensor) -> tf.Tensor:
        score = tf.transpose(self.log_odds(query, task["embedded"]), [0, 2, 1])  # [B, N, M]
        every = tf.fill(tf.shape(score)[:1], tf.shape(score)[1])
        mean, count = class_means(score, task["label"], every)
        return without_empty(tf.transpose(mean, [0, 2, 1]), count)

    def auxiliary_losses(self, support: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> list[tf.Tensor]:
        losses = ((self.pairs, verification_loss), (self.rivals, pair_loss))
        if not self.pairs and not self.rivals:
            return []
        log_odds = self.log_odds(support, support)
        return [weight * loss(log_odds, support_y, support_size) for weight, loss in losses if weight]
