"""The modified Hausdorff distance between two drawings: how far, on average, ink is from the nearest ink of the other.

M.-P. Dubuisson, A. K. Jain, "A modified Hausdorff distance for object matching", 1994, equations 6 and 8: of the mean distances
from each point set to the other, the larger. As the baseline of Omniglot's one-shot runs has it, each drawing is first moved so
that the mean of its points is the origin.
"""

import numpy as np


def modified_hausdorff(one: np.ndarray, other: np.ndarray) -> float:
    """The distance between two drawings, in pixels.

    Args:
        one: where there is ink, bool `[height, width]`, somewhere at least.
        other: the same of another drawing, of any size.
    """
    return _between(_points(one), _points(other))


def modified_hausdorff_of_all(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The distance of every drawing to every other one, in pixels: bool `[n, h, w]` and `[m, h, w]` to float64 `[n, m]`."""
    points, targets = list(map(_points, some)), list(map(_points, others))
    return np.array([[_between(one, other) for other in targets] for one in points])


def _points(ink: np.ndarray) -> np.ndarray:
    """Row and column of every pixel with ink, less their mean, float64 `[2, points]`."""
    places = np.stack(np.nonzero(ink)).astype(np.float64)
    return places - places.mean(axis=1, keepdims=True)


def _between(one: np.ndarray, other: np.ndarray) -> float:
    squares = np.subtract.outer(one[0], other[0]) ** 2 + np.subtract.outer(one[1], other[1]) ** 2  # [points, points]
    there, back = (np.sqrt(squares.min(axis=axis)).mean() for axis in (1, 0))
    return float(max(there, back))
