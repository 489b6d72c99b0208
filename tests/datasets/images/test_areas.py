import itertools
from fractions import Fraction

import numpy as np
import pytest

from zoo.datasets.images import areas


def by_hand(cut, side, size):
    """The same shares, exactly."""
    parts = [(Fraction(part * side, size), Fraction((part + 1) * side, size)) for part in range(size)]
    overlap = [[max(min(high, int(b)) - max(low, int(a)), 0) for a, b in itertools.pairwise(cut)] for low, high in parts]
    return np.array([[float(each * size / side) for each in row] for row in overlap])


@pytest.mark.parametrize(("pixels", "size"), [(105, 56), (105, 28), (56, 28), (7, 3), (5, 5), (4097, 84)])
def test_shares_are_those_of_the_lengths(pixels, size):
    cut = areas.edges(pixels)
    got = areas.shares(cut, pixels, size)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, by_hand(cut, pixels, size), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(got.sum(axis=1), 1.0, rtol=1e-5)


def test_the_last_block_of_pixels_may_be_cut():
    np.testing.assert_array_equal(areas.edges(7, 3), [0, 3, 6, 7])
    np.testing.assert_array_equal(areas.edges(6, 3), [0, 3, 6])
    np.testing.assert_allclose(areas.shares(areas.edges(7, 3), 7, 2), [[6 / 7, 1 / 7, 0], [0, 5 / 7, 2 / 7]], rtol=1e-6)


@pytest.mark.parametrize("shape", [(30, 30), (30, 17), (12, 30)])
def test_a_picture_is_in_the_middle_of_a_square(shape):
    """As of pixels made four times as large, of which each square of the grid has a whole number."""
    tones = np.random.default_rng(0).random((*shape, 3), np.float32)
    side, size, times, around = max(shape), 8, 4, np.array([0.2, 0.5, 0.9])
    square = np.broadcast_to(around, (side, side, 3)).copy()
    top, left = ((side - length) // 2 for length in shape)
    square[top : top + shape[0], left : left + shape[1]] = tones
    fine = square.repeat(times, axis=0).repeat(times, axis=1)
    want = fine.reshape(size, side * times // size, size, side * times // size, 3).mean(axis=(1, 3))
    got = areas.averaged(tones, size, areas.edges(shape[0]), areas.edges(shape[1]), around)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, want, atol=1e-6)


def test_one_tone_stays_that_tone():
    for tone in (0.0, 1.0):
        tones = np.full([37, 37, 1], tone, np.float32)
        got = areas.averaged(tones, 10, areas.edges(37), areas.edges(37), np.array([tone]))
        np.testing.assert_allclose(got, tone, atol=1e-6)
