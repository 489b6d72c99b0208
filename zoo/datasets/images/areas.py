"""A picture made smaller by averaging over areas: every pixel counts by the share of it that lies in each square of the grid.

So does TensorFlow's resizing by areas, which made training's pictures. Pillow's BOX counts a pixel whole or not at all.
"""

import numpy as np


def edges(pixels: int, block: int = 1) -> np.ndarray:
    """Where pixels begin and end that are blocks of so many others, of which the last may be cut; `[n + 1]`."""
    return np.minimum(np.arange(0, pixels + block, block), pixels)


def averaged(tones: np.ndarray, size: int, tall: np.ndarray, wide: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Average a picture in the middle of a square over a grid of equal squares.

    Args:
        tones: float32 `[height, width, channels]`.
        size: squares of the grid in a row.
        tall: edges of the rows of pixels, `[height + 1]`; the square is as long as the longer side.
        wide: edges of the columns, `[width + 1]`.
        around: `[channels]`, the tones of the square around the picture.

    Returns:
        float32 `[size, size, channels]`.
    """
    side = max(tall[-1], wide[-1])
    rows, columns = (shares(cut + (side - cut[-1]) // 2, side, size) for cut in (tall, wide))
    seen = np.tensordot(columns, np.tensordot(rows, tones, 1), (1, 1)).swapaxes(0, 1)  # [columns, rows, channels] and back
    return seen + (1.0 - np.outer(rows.sum(1), columns.sum(1)))[..., None] * np.asarray(around, np.float32)


def shares(cut: np.ndarray, side: int, size: int) -> np.ndarray:
    """The share of each of `size` equal parts of a side that lies between one edge and the next, float32 `[size, n]`."""
    grid = np.arange(size + 1)[:, None] * (side / size)
    overlap = np.minimum(grid[1:], cut[1:]) - np.maximum(grid[:-1], cut[:-1])
    return (np.maximum(overlap, 0.0) * (size / side)).astype(np.float32)
