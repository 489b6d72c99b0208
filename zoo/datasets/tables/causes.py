"""Synthetic tables, first part: causes, and what follows from them in a structural causal model.

After N. Hollmann et al., "TabPFN", 2023: many small random models stand in for the tables that people have. NumPy, all tasks of a
batch at once; every choice is drawn anew for each task.
"""

from collections.abc import Callable

import numpy as np

CAUSES = 24
LAYERS = 3
ACTIVATIONS: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
    lambda x: x,
    np.tanh,
    lambda x: np.maximum(x, 0.0),
    np.abs,
    lambda x: np.sin(2.0 * x),
    np.sign,
    lambda x: np.exp(-x * x),
    lambda x: x * x / 2.0,
)


def standard(x: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and deviation 1: `[B, R, C]`."""
    return (x - x.mean(axis=1, keepdims=True)) / (x.std(axis=1, keepdims=True) + 1e-4)


def draw_causes(g: np.random.Generator, tasks: int, rows: int) -> np.ndarray:
    """Causes that do not hang on each other, `[B, R, CAUSES]`: normal, uniform, of few levels, or all in clusters."""
    z = g.standard_normal((tasks, rows, CAUSES), dtype=np.float32)
    kind = g.random((tasks, 1, CAUSES))
    z = np.where(kind < 0.2, g.random((tasks, rows, CAUSES), dtype=np.float32) * 3.4 - 1.7, z)
    coarse = g.uniform(0.5, 1.5, (tasks, 1, CAUSES)).astype(np.float32)
    z = np.where((kind > 0.2) & (kind < 0.35), np.round(z * coarse), z)
    clustered = np.flatnonzero(g.random(tasks) < 0.3)
    if len(clustered):
        count = g.integers(2, 9, (len(clustered), 1))
        member = g.integers(0, 1 << 30, (len(clustered), rows)) % count
        centre = g.standard_normal((len(clustered), 9, CAUSES), dtype=np.float32) * 1.5
        spread = np.exp(g.standard_normal((len(clustered), 9, CAUSES)) * 0.3) * g.uniform(0.2, 1.0, (len(clustered), 1, 1))
        at = member[..., None]
        z[clustered] = np.take_along_axis(centre, at, 1) + np.take_along_axis(spread, at, 1) * z[clustered]
    return z.astype(np.float32)


def draw_nodes(g: np.random.Generator, causes: np.ndarray) -> np.ndarray:
    """What follows from causes, layer by layer, noise at every node: standardised, `[B, R, LAYERS * CAUSES]`."""
    tasks, rows, width = causes.shape
    noise = np.exp(g.uniform(np.log(0.01), np.log(0.6), (tasks, 1, 1))).astype(np.float32)
    density = g.uniform(0.08, 0.6, (tasks, 1, 1))
    gain = (1.3 * np.exp(g.standard_normal((tasks, 1, 1)) * 0.5)).astype(np.float32)
    linear = g.random((tasks,)) < 0.25
    nodes, h = [], causes
    for _ in range(LAYERS):
        w = g.standard_normal((tasks, width, width), dtype=np.float32) * (g.random((tasks, width, width)) < density)
        w *= gain / (np.sqrt((w * w).sum(axis=1, keepdims=True)) + 1e-2)
        a = standard(h) @ w + 0.5 * g.standard_normal((tasks, 1, width), dtype=np.float32)
        which = np.where(linear[:, None], 0, g.integers(0, len(ACTIVATIONS), (tasks, width)))
        h = _activated(a, which) + noise * g.standard_normal((tasks, rows, width), dtype=np.float32)
        nodes.append(h)
    return standard(np.concatenate(nodes, axis=2)).astype(np.float32)


def _activated(x: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Each column through the activation of its number: `[B, R, W], [B, W] -> [B, R, W]`."""
    by_column = np.ascontiguousarray(x.transpose(0, 2, 1))
    for number, function in enumerate(ACTIVATIONS):
        chosen = which == number
        by_column[chosen] = function(by_column[chosen])
    return by_column.transpose(0, 2, 1)
