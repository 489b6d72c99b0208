"""Last layers that are solved: the inverse, ridge regression and logistic regression agree with other solvers."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

from zoo.layers import solved

GENERATOR = np.random.default_rng(0)
FEATURES = GENERATOR.normal(size=[2, 40, 5]).astype(np.float32)
PRECISION = np.full([2, 5], 2.0, np.float32)


def test_the_inverse_is_one_and_so_is_its_gradient():
    a = tf.constant(np.einsum("bnp,bnq->bpq", FEATURES, FEATURES) + np.eye(5, dtype=np.float32))
    weights = tf.constant(GENERATOR.normal(size=a.shape).astype(np.float32))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        ours, theirs = solved.inverse(a), tf.linalg.inv(a)
        sums = [tf.reduce_sum(weights * part) for part in (ours, theirs)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    one, other = (tape.gradient(total, a).numpy() for total in sums)
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_what_a_hard_inverse_has_not_reached_only_shrinks():
    twins = np.repeat(FEATURES[:, :, :1], 2, axis=2) * [1.0, 1.0001]
    a = np.einsum("bnp,bnq->bpq", twins, twins).astype(np.float32) * 1e3 + 0.1 * np.eye(2, dtype=np.float32)
    found, exact = solved.inverse(a).numpy(), np.linalg.inv(a.astype(np.float64))
    assert (np.linalg.eigvalsh(found) > 0).all()
    assert np.linalg.eigvalsh(found).max() <= np.linalg.eigvalsh(exact).max() * 1.01


def exact_ridge(features, y, precision):
    return np.linalg.solve(features.T @ features + precision * np.eye(features.shape[1]), features.T @ y)


def test_ridge_regression_is_exact():
    y = GENERATOR.normal(size=[2, 40, 1]).astype(np.float32)
    middle, blind = np.float32([[-99, 0, -99]] * 2), np.zeros([2, 1], np.float32)
    got = solved.ridge(FEATURES, y, PRECISION, middle, blind, steps=2)
    for task in range(2):
        np.testing.assert_allclose(got[task], exact_ridge(FEATURES[task], y[task], 2.0), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("noise", [0.01, 1.0, 30.0])
def test_the_strength_of_the_prior_is_the_one_that_leaves_rows_out_best(noise):
    features = GENERATOR.normal(size=[1, 12, 8]).astype(np.float32)
    features[:, :, 0] = 1.0
    y = features @ GENERATOR.normal(size=[8, 1]) + noise * GENERATOR.normal(size=[1, 12, 1])
    y = np.float32((y - y.mean()) / y.std())
    even, sure = np.zeros([1, 3], np.float32), np.full([1, 1], 200.0, np.float32)
    got = solved.ridge(features, y, PRECISION[:1, :1] * np.ones([1, 8], np.float32), even, sure, steps=8)[0]
    errors, fits = [], []
    for strength in solved.STRENGTHS:
        without = [np.delete(np.arange(12), row) for row in range(12)]
        left_out = [exact_ridge(features[0, kept], y[0, kept], 2.0 * strength) for kept in without]
        errors.append(np.mean([(y[0, row] - features[0, row] @ w) ** 2 for row, w in enumerate(left_out)]))
        fits.append(exact_ridge(features[0], y[0], 2.0 * strength))
    np.testing.assert_allclose(got, fits[int(np.argmin(errors))], rtol=1e-2, atol=2e-3)


def test_logistic_regression_comes_near_the_most_likely_weights():
    classes = (FEATURES[0] @ GENERATOR.normal(size=[5, 3])).argmax(axis=1)
    y = np.eye(4, dtype=np.float32)[classes][None]  # the fourth class has no row
    known = np.float32([[[1, 1, 1, 0]]])
    got = solved.logistic(FEATURES[:1], y, PRECISION[:1], known, steps=200).numpy()[0]
    exact = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-8, max_iter=1000).fit(FEATURES[0], classes)
    odds = tf.nn.softmax(FEATURES[0] @ got[:, :3]).numpy()
    np.testing.assert_allclose(odds, exact.predict_proba(FEATURES[0]), atol=1e-3)


def test_rows_of_zeros_count_for_nothing():
    y = np.eye(2, dtype=np.float32)[GENERATOR.integers(0, 2, [2, 40])]
    features = FEATURES.copy()
    features[:, 30:], y[:, 30:] = 0, 0
    known = np.ones([2, 1, 2], np.float32)
    short = solved.logistic(FEATURES[:, :30], y[:, :30], PRECISION, known, steps=5)
    np.testing.assert_allclose(solved.logistic(features, y, PRECISION, known, steps=5), short, rtol=1e-4, atol=1e-6)
