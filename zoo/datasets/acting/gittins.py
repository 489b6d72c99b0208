"""Gittins' index of a Bernoulli arm with a uniform prior, for a known number of pulls left.

J. Gittins, "Bandit processes and dynamic allocation indices", 1979, for horizons that end, as T. Lattimore, "Regret analysis
of the finite-horizon Gittins index strategy for multi-armed bandits", 2016: an arm is worth the highest price per pull at
which it still pays to pull it at least once, if one may stop whenever one likes.
"""

import functools
from collections.abc import Callable

import numpy as np

PRICES = 400  # that are tried; between two of them the value of playing on is read along a line


def index(pulls: int) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    """The index for a horizon: of how often each arm paid and did not, integers `[B, K]`, and the pulls left, `-> [B, K]`."""
    return lambda paid, not_paid, left: table(pulls)[left - 1][paid, not_paid]


@functools.lru_cache(maxsize=4)
def table(pulls: int) -> list[np.ndarray]:
    """For each number of pulls left, from one on: the index by how often an arm paid and how often not, `[n, n]`."""
    price = np.linspace(0.0, 1.0, PRICES, dtype=np.float32)[:, None, None]
    counts = np.arange(pulls + 1, dtype=np.float32)
    mean = (counts[:, None] + 1.0) / (counts[:, None] + counts[None, :] + 2.0)  # [paid, not paid]
    worth = np.zeros([PRICES, pulls + 1, pulls + 1], np.float32)  # of playing on, at each price, with no pull left
    found = []
    for left in range(1, pulls + 1):
        size = pulls - left + 1  # an arm was pulled at most pulls - left times so far
        p = mean[:size, :size]
        go_on = p - price + p * worth[:, 1 : size + 1, :size] + (1.0 - p) * worth[:, :size, 1 : size + 1]
        found.append(_crossing(go_on))
        worth = np.maximum(go_on, 0.0)
    return found


def _crossing(go_on: np.ndarray) -> np.ndarray:
    """The price at which a value that falls with it, `[PRICES, ...]`, is zero."""
    last = np.maximum((go_on > 0.0).sum(axis=0) - 1, 0)  # the highest price at which it is above zero
    above = np.take_along_axis(go_on, last[None], axis=0)[0]
    below = np.take_along_axis(go_on, np.minimum(last + 1, PRICES - 1)[None], axis=0)[0]
    share = above / np.maximum(above - below, 1e-12)
    return (last + np.clip(share, 0.0, 1.0)) / (PRICES - 1)
