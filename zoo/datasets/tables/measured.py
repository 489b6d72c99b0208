"""Synthetic tables, third part: columns as people measure them, warped, rounded, in categories, doubled, with gaps."""

import numpy as np

from zoo.datasets.tables.causes import standard

LEVELS = 5  # most levels of a category


def measure(g: np.random.Generator, x: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Columns `[B, R, C]` as a table has them; NaN where a number is missing, 0 in columns beyond those `used`, bool `[B, C]`."""
    tasks, rows, width = x.shape
    x = _doubled(g, x)
    kind, amount = g.random((tasks, 1, width)), g.uniform(0.2, 1.2, (tasks, 1, width)).astype(np.float32)
    z = standard(x)
    found = np.select(
        [kind < 0.13, kind < 0.21, kind < 0.30, kind < 0.36, kind < 0.42],
        [
            np.exp(np.clip(z * amount, -6.0, 6.0)),
            z * np.abs(z),
            np.round(2.0 * z * amount),
            1.0 / (1.0 + np.exp(-1.7 * z)),
            np.floor(np.exp(np.clip(1.0 + z * amount, -3.0, 6.0))),  # counts
        ],
        z,
    )
    found = _categories(g, found, z)
    useless = g.random((tasks, 1, width)) < 0.5 * g.random((tasks, 1, 1)) * (g.random((tasks, 1, 1)) < 0.4)
    order = g.random((tasks, rows)).argsort(axis=1)[:, :, None]
    found = np.where(useless, np.take_along_axis(found, order, axis=1), found)
    gaps = 0.2 * g.random((tasks, 1, width)) * (g.random((tasks, 1, 1)) < 0.15)
    # Half of the gaps hang on the number itself: high ones are left out more often.
    lost = g.random((tasks, rows, width)) < gaps * np.where(g.random((tasks, 1, 1)) < 0.5, 1.0, 2.0 / (1.0 + np.exp(-2.0 * z)))
    found = np.where(lost, np.nan, found)
    return np.where(used[:, None], found, 0.0).astype(np.float32)


def _doubled(g: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """One task in five has columns that nearly repeat others."""
    tasks, _, width = x.shape
    chosen = (g.random((tasks, 1, width)) < 0.3) & (g.random((tasks, 1, 1)) < 0.2)
    other = np.take_along_axis(x, g.integers(0, width, (tasks, 1, width)), axis=2)
    noise = g.uniform(0.0, 0.5, (tasks, 1, width)) * g.standard_normal(x.shape)
    return np.where(chosen, other + noise, x).astype(np.float32)


def _categories(g: np.random.Generator, found: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Some columns in 0 and 1: a threshold, or the levels of one category side by side, of which one is 1 in each row."""
    tasks, _, width = z.shape
    often = g.random((tasks, 1, 1)) ** 2  # some tables are all categories, most have none
    low = g.standard_normal((tasks, 1, width))
    wide = np.where(g.random((tasks, 1, width)) < 0.5, np.inf, g.uniform(0.3, 1.5, (tasks, 1, width)))
    found = np.where(g.random((tasks, 1, width)) < often, (z > low) & (z < low + wide), found)
    for task in np.flatnonzero((g.random(tasks) < 0.35) & (width >= 4)):
        at = int(g.integers(0, width - 1))
        levels = int(min(g.integers(3, LEVELS + 1), width - at))
        if levels < 2:
            continue
        logits = z[task, :, at : at + levels] * g.uniform(0.3, 2.0) + g.gumbel(size=(z.shape[1], levels)) * 0.3
        found[task, :, at : at + levels] = logits.argmax(axis=1)[:, None] == np.arange(levels)
    return found
