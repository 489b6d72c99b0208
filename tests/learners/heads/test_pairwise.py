"""Log-odds of pairs: a class scores the mean over its examples, and training sees every pair."""

import numpy as np
import pytest

from zoo.layers import WeightedL1
from zoo.learners.heads.pair_losses import pair_loss, verification_loss
from zoo.learners.heads.pairwise import Pairwise

GENERATOR = np.random.default_rng(0)
X, QUERY = (GENERATOR.uniform(size=[1, rows, 4]).astype(np.float32) for rows in (6, 3))
LABEL = np.array([0, 1, 2, 0, 1, 1])
Y = np.eye(3, dtype=np.float32)[LABEL][None]
SIZE = np.array([6], np.int32)


@pytest.fixture(scope="module")
def log_odds():
    layer = WeightedL1()
    layer.build((None, None, 4))
    return layer


def test_a_class_scores_the_mean_of_its_examples(log_odds):
    head = Pairwise(log_odds, pairs=1.0, rivals=0.0)
    scores = log_odds(QUERY, X).numpy()[0]
    want = np.stack([scores[:, way == LABEL].mean(axis=1) for way in range(3)], axis=1)
    np.testing.assert_allclose(head.logits(head.adapt(X, Y, SIZE), QUERY)[0], want, rtol=1e-4, atol=1e-5)


def test_training_adds_the_losses_that_have_a_weight(log_odds):
    both = Pairwise(log_odds, pairs=2.0, rivals=0.5).auxiliary_losses(X, Y, SIZE)
    odds = log_odds(X, X)
    assert float(both[0]) == pytest.approx(2.0 * float(verification_loss(odds, Y, SIZE)), rel=1e-6)
    assert float(both[1]) == pytest.approx(0.5 * float(pair_loss(odds, Y, SIZE)), rel=1e-6)
    assert len(Pairwise(log_odds, pairs=1.0, rivals=0.0).auxiliary_losses(X, Y, SIZE)) == 1
    assert Pairwise(log_odds, pairs=0.0, rivals=0.0).auxiliary_losses(X, Y, SIZE) == []
