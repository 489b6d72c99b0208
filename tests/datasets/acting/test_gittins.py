"""The index of an arm: by hand for one and two pulls, above the mean before that, and as a search over prices finds it."""

import functools

import numpy as np
import pytest

from zoo.datasets.acting import gittins


def test_with_one_pull_left_it_is_the_mean():
    index = gittins.index(6)
    paid, not_paid = np.array([[0, 2, 3]]), np.array([[0, 1, 0]])
    np.testing.assert_allclose(index(paid, not_paid, 1), (paid + 1) / (paid + not_paid + 2), atol=1e-3)


def test_with_two_pulls_left_it_is_that_of_hand():
    """A new arm, price x: 1/2 - x + 1/2 max(0, 2/3 - x) = 0, as 1/3 - x is below zero there: x = 5/9."""
    assert gittins.index(6)(np.array([[0]]), np.array([[0]]), 2)[0, 0] == pytest.approx(5 / 9, abs=1e-3)


@pytest.mark.parametrize(("paid", "not_paid", "left"), [(0, 0, 12), (3, 1, 8), (1, 4, 7)])
def test_it_is_the_price_at_which_playing_on_gains_nothing(paid, not_paid, left):
    @functools.cache
    def go_on(price, wins, losses, pulls):
        if not pulls:
            return 0.0
        mean = (wins + 1) / (wins + losses + 2)
        after = mean * go_on(price, wins + 1, losses, pulls - 1) + (1 - mean) * go_on(price, wins, losses + 1, pulls - 1)
        return max(mean - price + after, 0.0 if (wins, losses) != (paid, not_paid) else -np.inf)

    low, high = 0.0, 1.0
    for _ in range(20):
        price = (low + high) / 2
        low, high = (price, high) if go_on(price, paid, not_paid, left) > 0 else (low, price)
    found = gittins.index(12)(np.array([[paid]]), np.array([[not_paid]]), left)[0, 0]
    assert found == pytest.approx(low, abs=1e-3)


def test_the_longer_one_plays_the_more_an_unknown_arm_is_worth():
    index, none = gittins.index(50), np.array([[0]])
    worth = [float(index(none, none, left)[0, 0]) for left in (1, 5, 20, 50)]
    assert worth == sorted(worth) and worth[-1] > 0.8
