"""Strokes of a pen as pictures like Omniglot's: what the page of `zoo demo-page` makes of a drawing, to the byte.

A drawing is made on Omniglot's canvas of 105 x 105 pixels by a round pen three pixels wide, as its characters were drawn online
(B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015), and then
averaged over areas as they are (`zoo.datasets.images.omniglot.shrunk`). All is done in whole numbers, so that every language
gives the same bytes.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from zoo.utils.errors import ZooError

SIDE = 105  # pixels of the canvas
PIXEL = 16  # units of a pixel, in which points are given
UNITS = SIDE * PIXEL
RADIUS = 24  # of the pen, in units


def drawn(strokes: Sequence[Sequence[tuple[int, int]]], size: int = 28) -> np.ndarray:
    """A drawing as a picture, its ink bright: uint8 `[size, size, 1]`.

    Args:
        strokes: of each its points in order, `(x, y)` from the upper left corner, whole numbers from 0 to `UNITS`; a single
            point is a dot.
        size: pixels of a side, 1 to `SIDE`.

    Raises:
        ZooError: for a stroke that holds anything else, or another size.
    """
    if not 1 <= size <= SIDE:
        raise ZooError(f"size={size}: the canvas has {SIDE} pixels a side; choose from 1 to {SIDE}.")
    ink = np.zeros([SIDE, SIDE], bool)
    for stroke in strokes:
        points = np.asarray(stroke)
        plain = points.dtype.kind in "iu" and points.ndim == 2 and points.shape[1] == 2
        if not plain or points.min() < 0 or points.max() > UNITS:
            raise ZooError(f"a stroke is a list of points (x, y) of whole numbers from 0 to {UNITS}, not {str(stroke)[:60]}.")
        for begin, end in itertools.pairwise(points if len(points) > 1 else points[[0, 0]]):
            ink |= _touched(begin.astype(np.int64), end.astype(np.int64))
    share = _shares(size)
    covered = share @ ink.astype(np.int64) @ share.T  # of a square, in parts of SIDE * SIDE
    # The nearest whole number; no halves occur at 28 pixels, which two languages could round differently.
    return ((2 * 255 * covered + SIDE * SIDE) // (2 * SIDE * SIDE)).astype(np.uint8)[..., None]


def _touched(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Which pixels' centres lie within the pen's radius of a segment, bool `[SIDE, SIDE]`."""
    centre = PIXEL * np.arange(SIDE, dtype=np.int64) + PIXEL // 2
    x, y = centre[None, :] - begin[0], centre[:, None] - begin[1]
    dx, dy = (end - begin).tolist()
    length, along, away = dx * dx + dy * dy, x * dx + y * dy, x * x + y * y
    past = away - 2 * along + length  # the squared distance to the end
    beside = away * length - along * along <= RADIUS * RADIUS * length
    inside = (along >= 0) & (along <= length) & beside if length else np.zeros_like(away, bool)
    return inside | (away <= RADIUS * RADIUS) | (past <= RADIUS * RADIUS)


def _shares(size: int) -> np.ndarray:
    """How much of each pixel lies in each square of the smaller grid, in parts of 1 / size of a pixel: int64 `[size, SIDE]`."""
    pixel, square = size * np.arange(SIDE + 1), SIDE * np.arange(size + 1)
    overlap = np.minimum(square[1:, None], pixel[1:]) - np.maximum(square[:-1, None], pixel[:-1])
    return np.maximum(overlap, 0)
