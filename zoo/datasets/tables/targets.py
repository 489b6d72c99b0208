"""Synthetic tables, second part: what is to be predicted, from the columns that matter.

Five kinds of scores: nodes of the causal model, sums of small oblivious trees, sparse linear functions, random Fourier features
(A. Rahimi, B. Recht, 2007) and distances to centres; of them classes, free or in an order, or numbers with noise.
"""

import numpy as np

from zoo.datasets.tables.causes import standard

SHARES = (0.30, 0.26, 0.20, 0.16, 0.08)  # nodes, trees, linear, Fourier, distances
SHARES_OF_NUMBERS = (0.24, 0.20, 0.36, 0.14, 0.06)
TREES, DEPTH, WAVES = 8, 3, 32
SIGNAL = (0.5, 12.0)  # over noise, log-uniform: real tables are noisy


def draw_scores(
    g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int, shares: tuple[float, ...] = SHARES
) -> np.ndarray:
    """Scores `[B, R, count]`, of mean 0 and mean variance 1.

    Args:
        x: columns, `[B, R, C]`.
        nodes: of the causal model, `[B, R, W]`.
        relevant: bool `[B, C]`, the columns that may matter.
        count: scores of a row: as many as there may be classes.
        shares: how often each kind is drawn.
    """
    tasks, rows, _ = x.shape
    kind = g.choice(len(shares), tasks, p=shares)
    scores = np.empty((tasks, rows, count), np.float32)
    for number, draw in enumerate((_nodes, _trees, _linear, _waves, _distances)):
        chosen = np.flatnonzero(kind == number)
        if len(chosen):
            scores[chosen] = draw(g, x[chosen], nodes[chosen], relevant[chosen], count)
    scores -= scores.mean(axis=1, keepdims=True)
    return scores / (np.sqrt(scores.var(axis=1, keepdims=True).mean(axis=-1, keepdims=True)) + 1e-4)


def draw_classes(g: np.random.Generator, scores: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Classes `[B, R]` below `ways [B]`: the largest of noisy scores, or for two tasks in five the first one, cut in places."""
    tasks, rows, most = scores.shape
    signal = _signal(g, tasks)[:, None, None]
    shut = np.arange(most) >= ways[:, None, None]
    bias = g.standard_normal((tasks, 1, most), dtype=np.float32) * g.uniform(0.0, 1.5, (tasks, 1, 1))
    free = np.where(shut, -np.inf, 1.3 * signal * (scores + 0.7 * bias) + g.gumbel(size=scores.shape)).argmax(axis=2)
    noisy = scores[..., 0] + g.logistic(size=(tasks, rows)) / (1.7 * signal[..., 0])
    place = (noisy.argsort(axis=1).argsort(axis=1) + 0.5) / rows
    cuts = np.where(np.arange(most - 1) < ways[:, None] - 1, g.uniform(0.08, 0.92, (tasks, most - 1)), 2.0)
    ordered = (place[:, :, None] > cuts[:, None]).sum(axis=2)
    names = np.where(np.arange(most) < ways[:, None], g.random((tasks, most)), 2.0 + np.arange(most)).argsort(axis=1)
    ordered = np.take_along_axis(names, ordered, axis=1)
    return np.where(g.random((tasks, 1)) < 0.4, ordered, free)


def draw_numbers(g: np.random.Generator, scores: np.ndarray) -> np.ndarray:
    """Numbers `[B, R]`, standardised: the first score with noise.

    One point in twenty has twice the noise, one task in five is skewed, and one
    task in five has next to no noise, as what follows a law has.
    """
    tasks, rows, _ = scores.shape
    quiet = np.where(g.random((tasks, 1)) < 0.2, 20.0, 1.0)
    noise = g.standard_normal((tasks, rows)) / (_signal(g, tasks)[:, None] * quiet)
    y = scores[..., 0] + noise * np.where(g.random((tasks, rows)) < 0.05, 2.0, 1.0)
    skewed = np.exp(0.7 * standard(y[..., None])[..., 0])
    return standard(np.where(g.random((tasks, 1)) < 0.2, skewed, y)[..., None])[..., 0].astype(np.float32)


def _signal(g: np.random.Generator, tasks: int) -> np.ndarray:
    low, high = np.log(SIGNAL)
    return np.exp(g.uniform(low, high, (tasks,))).astype(np.float32)


def _nodes(g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    order = g.random((len(x), nodes.shape[2])).argsort(axis=1)[:, None, :count]
    return np.take_along_axis(nodes, order, axis=2)


def _trees(g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    """Each level of an oblivious tree asks one question of all rows."""
    tasks, rows, _ = x.shape
    column = np.where(relevant, 0.0, -np.inf)[:, None] + g.gumbel(size=(tasks, TREES * DEPTH, x.shape[2]))
    asked = np.take_along_axis(x, column.argmax(axis=2)[:, None], axis=2)
    above = (asked > 0.7 * g.standard_normal((tasks, 1, TREES * DEPTH))).reshape(tasks, rows, TREES, DEPTH)
    above &= np.arange(DEPTH) < g.integers(1, DEPTH + 1, (tasks, 1, TREES, 1))
    leaf = (above * 2 ** np.arange(DEPTH)).sum(axis=3)
    value = g.standard_normal((tasks, TREES, 2**DEPTH, count), dtype=np.float32)
    value *= (np.arange(TREES) < g.integers(1, TREES + 1, (tasks, 1)))[:, :, None, None]
    total = np.zeros((tasks, rows, count), np.float32)
    for tree in range(TREES):
        total += np.take_along_axis(value[:, tree], leaf[:, :, tree, None], axis=1)
    return total


def _linear(g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    size = np.exp(0.7 * g.standard_normal((*relevant.shape, 1), dtype=np.float32)) * relevant[:, :, None]
    return x @ (g.standard_normal((*relevant.shape, count), dtype=np.float32) * size)


def _waves(g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    tasks = len(x)
    length = np.exp(g.uniform(np.log(0.3), np.log(1.5), (tasks, 1, 1)))
    length /= np.sqrt(np.minimum(relevant.sum(axis=1), 6))[:, None, None]
    w = (g.standard_normal((*relevant.shape, WAVES)) * relevant[:, :, None] * length).astype(np.float32)
    phase = 2.0 * np.pi * g.random((tasks, 1, WAVES), dtype=np.float32)
    return np.cos(x @ w + phase) @ g.standard_normal((tasks, WAVES, count), dtype=np.float32)


def _distances(g: np.random.Generator, x: np.ndarray, nodes: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    part = relevant[:, None].astype(np.float32)
    centre = g.standard_normal((len(x), count, x.shape[2]), dtype=np.float32) * part
    x = x * part
    cross = x @ centre.transpose(0, 2, 1)
    return 2.0 * cross - (x * x).sum(axis=2, keepdims=True) - (centre * centre).sum(axis=2)[:, None]
