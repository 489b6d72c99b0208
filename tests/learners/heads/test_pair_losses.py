"""Losses of pairs of a support, pair by pair."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.heads.pair_losses import pair_loss, verification_loss

GENERATOR = np.random.default_rng(0)
LOGITS = GENERATOR.normal(size=[1, 6, 6]).astype(np.float32)
REAL = np.array([5], np.int32)  # the last row is padding


def one_hot(label):
    return np.eye(3, dtype=np.float32)[[label]]


def test_pair_loss_is_the_mean_over_pairs_of_one_class():
    label = [0, 0, 0, 1, 2, 2]
    losses = []
    for i in range(5):
        for j in range(5):
            if i == j or label[i] != label[j]:
                continue
            others = {label[k] for k in range(5)} - {label[i]}
            against = [np.mean([np.exp(LOGITS[0, i, k]) for k in range(5) if label[k] == other]) for other in others]
            losses.append(-np.log(np.exp(LOGITS[0, i, j]) / (np.exp(LOGITS[0, i, j]) + sum(against))))
    assert float(pair_loss(tf.constant(LOGITS), one_hot(label), REAL)) == pytest.approx(np.mean(losses), rel=1e-5)


def test_pairs_of_one_class_weigh_as_much_as_the_others():
    label = [0, 1, 2, 0, 1, 1]
    like, unlike = [], []
    for i, j in np.ndindex(5, 5):
        if i != j and label[i] == label[j]:
            like.append(np.log1p(np.exp(-LOGITS[0, i, j])))
        elif label[i] != label[j]:
            unlike.append(np.log1p(np.exp(LOGITS[0, i, j])))
    got = verification_loss(tf.constant(LOGITS), one_hot(label), REAL)
    assert float(got) == pytest.approx((np.mean(like) + np.mean(unlike)) / 2, rel=1e-5)


@pytest.mark.parametrize("loss", [pair_loss, verification_loss])
def test_without_a_pair_there_is_no_nan(loss):
    assert np.isfinite(loss(tf.constant(LOGITS), one_hot([0, 1, 2, 0, 1, 2]), np.array([1], np.int32)))
