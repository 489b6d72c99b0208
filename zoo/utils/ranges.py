"""Numbers beside those of training: pictures of bytes are scaled, what lies outside is warned of at the user's own line."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

BYTE = np.float32(255)  # the number that pictures of bytes are divided by
TOLERANCE = 1e-5  # of a range, so that scalers' rounding, 1.0000001, is not outside of it
_PACKAGE = str(Path(__file__).resolve().parents[1]) + os.sep


def are_bytes(values: Any, rows: np.ndarray) -> bool:
    """Whether pictures hold whole numbers above 1, as those of bytes do, and are to be divided by `BYTE`.

    Args:
        values: the pictures as they were given, whose dtype tells; whole numbers of 0 and 1 are ink and paper already.
        rows: the same, float32.
    """
    return np.asarray(values).dtype.kind in "iu" and bool(rows.max() > 1)


def warn_outside(name: str, rows: np.ndarray, limits: tuple[float, float] | None, slack: float = TOLERANCE) -> None:
    """Warn where a number is outside the range of training.

    Args:
        name: the argument's name, for the message.
        rows: numbers; NaN is never outside.
        limits: the lowest and the highest number of training; None where they are unknown.
        slack: how far outside is still inside, as a share of the range.

    Warns:
        UserWarning: with the number that is farthest outside, and the limits.
    """
    if limits is None or not rows.size:
        return
    low, high = limits
    apart = np.fmax(low - rows, rows - high)
    farthest = np.argmax(np.where(np.isnan(apart), -np.inf, apart))
    if not apart.flat[farthest] > slack * (high - low):
        return
    worst = rows.flat[farthest]
    scale = "; divide tones by 255" if limits == (0.0, 1.0) and rows.ndim == 4 and 1 < worst <= BYTE and rows.min() >= 0 else ""
    warn(
        f"{name} holds {worst:g}, outside the range [{low:g}, {high:g}] of training{scale}; what is learned or predicted there "
        "is unreliable."
    )


def warn(message: str) -> None:
    """Warn the user at the line of theirs that called the library, however many of its functions lie between."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, level)
