"""Columns of a table: what decides how a number is read is the support, and gaps, padding, ties and huge numbers do no harm."""

import numpy as np
import pytest
from scipy.stats import norm

from zoo.layers import columns

X = np.random.default_rng(0).normal(3.0, 2.0, [2, 9, 4]).astype(np.float32)
REAL = np.ones([2, 9, 1], np.float32)


def read(x, real=REAL, knots=6):
    shift, scale = columns.standardisation(x, real)
    z = columns.standardised(x, shift, scale) * real
    return shift.numpy(), scale.numpy(), z.numpy(), columns.quantiles(z, real, knots).numpy()


def test_columns_get_mean_zero_and_deviation_one_of_what_is_there():
    x = X.copy()
    x[0, 3, 1] = np.nan
    shift, scale, z, _ = read(x)
    np.testing.assert_allclose(shift[0, 1], np.nanmean(x[0, :, 1]), rtol=1e-5)
    np.testing.assert_allclose(1 / scale[0, 1], np.nanstd(x[0, :, 1]), rtol=1e-4)
    assert z[0, 3, 1] == 0
    np.testing.assert_allclose(z[1].std(axis=0), 1, rtol=1e-4)


def test_padding_counts_for_nothing():
    x, real = X.copy(), REAL.copy()
    real[0, 5:] = 0
    x[0, 5:] = 77
    for got, want in zip(read(x, real), read(X[:, :5], REAL[:, :5]), strict=True):
        np.testing.assert_allclose(got[0, :4] if got.ndim == 3 else got[0], want[0, :4] if want.ndim == 3 else want[0], rtol=1e-4)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e30, np.nan])
def test_a_column_that_does_not_vary_or_is_not_there_is_zero(value):
    x = X.copy()
    x[:, :, 2] = value
    _, scale, z, _ = read(x)
    assert (scale[:, 2] == 0).all()
    assert (z[:, :, 2] == 0).all()


@pytest.mark.parametrize("size", [1e-20, 1e20, 1e37])
def test_very_large_and_small_numbers_are_read_alike(size):
    np.testing.assert_allclose(read(X * np.float32(size))[2], read(X)[2], rtol=1e-3, atol=1e-4)


def test_quantiles_are_those_of_the_rows_that_count():
    real = REAL.copy()
    real[0, 6:] = 0
    z = read(X, real)[2]
    got = columns.quantiles(z, real, 5).numpy()
    levels = (np.arange(5) + 0.5) / 5
    np.testing.assert_allclose(got[0], np.quantile(z[0, :6], levels, axis=0, method="hazen").T, atol=1e-4)


def test_normal_scores_rise_from_the_lowest_to_the_highest_and_ties_lie_between():
    z = np.linspace(-2, 2, 200, dtype=np.float32).reshape(1, 200, 1)
    real = np.ones([1, 200, 1], np.float32)
    knots = columns.quantiles(z, real, 8)
    scores = columns.normal_scores(z, knots).numpy()[0, :, 0]
    assert (np.diff(scores) >= 0).all()
    np.testing.assert_allclose([scores[0], scores[-1]], norm.ppf([1 / 16, 15 / 16]), rtol=1e-4)
    tied = columns.normal_scores(np.zeros([1, 1, 1], np.float32), np.zeros([1, 1, 8], np.float32))
    np.testing.assert_allclose(tied, 0, atol=1e-6)


def test_the_soft_clip_changes_small_numbers_little_and_large_ones_to_three():
    np.testing.assert_allclose(columns.softly_clipped(np.float32([0.1, -100.0])), [0.1, -3.0], atol=1e-3)
