"""Checks of a user's arguments: they become finite float32 arrays of the expected shape, or raise a `ZooError`."""

import warnings
from typing import Any

import numpy as np

from zoo.utils.errors import ZooError


def as_rows(name: str, values: Any, row_shape: tuple[int | None, ...], missing: bool = False) -> np.ndarray:
    """Turn `values` into rows of shape `row_shape`.

    Args:
        name: the argument's name, for messages.
        values: anything NumPy reads as numbers, `[N, *row_shape]`; where `row_shape` is `(1,)` a plain list of N too.
        row_shape: the shape of one row; None for an axis of any size.
        missing: whether NaN stands for a number that is missing.

    Returns:
        float32 `[N, *row_shape]`.

    Raises:
        ZooError: if the values are not numbers, hold NaN or infinity, have another shape, or are empty.
    """
    wanted = f"[rows, {', '.join('any' if size is None else str(size) for size in row_shape)}]"
    try:
        with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, which is refused below
            rows = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ZooError(f"{name} is not an array of numbers ({error}); pass numbers of shape {wanted}.") from None
    if row_shape == (1,) and rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim == 0 or rows.shape[0] == 0 or rows.size == 0:
        raise ZooError(f"{name} is empty (shape {list(np.shape(values))}); pass at least one row of shape {wanted}.")
    if rows.ndim != 1 + len(row_shape) or any(
        size not in (None, got) for size, got in zip(row_shape, rows.shape[1:], strict=True)
    ):
        raise ZooError(f"{name} has shape {list(rows.shape)}, but {wanted} was expected; reshape it or choose the columns.")
    fine = np.isfinite(rows) | (np.isnan(rows) if missing else False)
    bad = np.argwhere(~fine.reshape(len(rows), -1).all(axis=1))
    if len(bad):
        what = "infinity" if missing else "NaN or infinity"
        raise ZooError(f"{name} holds {what} (first in row {int(bad[0, 0])}); remove or fill such rows first.")
    return rows


def as_labels(name: str, values: Any, axes: int = 0) -> np.ndarray:
    """Turn class labels into an array.

    Args:
        name: the argument's name, for messages.
        values: names or numbers of classes, `[N]` or `[N, 1]`: strings, whole numbers or truth values, all of one kind.
        axes: how many axes one label has: 0 for a class, 2 for a mask.

    Returns:
        `[N]`, or with axes `[N, ...]`.

    Raises:
        ZooError: for another shape, none at all, or labels that are neither strings nor whole numbers.
    """
    labels = np.asarray(values)
    if not axes and labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 + axes or not labels.size:
        wanted = "a mask of classes" if axes else "one class"
        raise ZooError(f"{name} has shape {list(labels.shape)}, but {wanted} for each example was expected, as a list of [rows].")
    if labels.dtype == object and all(isinstance(label, str) for label in labels.flat):
        labels = labels.astype(str)
    if labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.round(labels)).all()):
        raise ZooError(
            f"{name} holds numbers that are not whole, such as {labels[labels != np.round(labels)][0]}; name the classes."
        )
    if labels.dtype.kind not in "Ubiuf":
        raise ZooError(f"{name} holds {labels.dtype}; the classes must be strings or whole numbers, all of one kind.")
    return labels


def as_tokens(name: str, values: Any, length: int, vocabulary: int) -> np.ndarray:
    """Turn sequences of tokens into an array of whole numbers.

    Args:
        name: the argument's name, for messages.
        values: `[N, length]`, each a whole number from 0 to `vocabulary` - 1.
        length: tokens of each sequence.
        vocabulary: how many tokens there are.

    Returns:
        int64 `[N, length]`.

    Raises:
        ZooError: for another shape, no sequences, or other numbers.
    """
    tokens = np.asarray(values)
    if tokens.ndim != 2 or not len(tokens) or tokens.shape[1] != length:
        raise ZooError(f"{name} has shape {list(tokens.shape)}, but [rows, {length}] was expected; pad or cut the sequences.")
    if tokens.dtype.kind not in "iu" or tokens.min() < 0 or tokens.max() >= vocabulary:
        raise ZooError(f"{name} holds something else than whole numbers from 0 to {vocabulary - 1}; number the tokens so.")
    return tokens.astype(np.int64)


def count_of(name: str, values: Any) -> int:
    """Number of rows of an array whose values are of no interest.

    Raises:
        ZooError: if it has none.
    """
    rows = len(values) if np.ndim(values) or isinstance(values, list | tuple) else 0
    if not rows:
        raise ZooError(f"{name} is empty; pass one entry for each example, such as [None] * len(x).")
    return rows


def one_hot(labels: np.ndarray, classes: tuple, ways: int | None = None) -> np.ndarray:
    """Labels `[N, ...]`, each one of `classes`, as float32 `[N, ..., ways]`, by default with as many ways as classes.

    Raises:
        ZooError: if there are more classes than ways, or a label is none of the classes.
    """
    ways = len(classes) if ways is None else ways
    if len(classes) > ways:
        raise ZooError(f"y holds {len(classes)} classes, but this learner tells {ways} apart; give it {ways} or fewer.")
    place = {label: index for index, label in enumerate(classes)}
    unknown = sorted({repr(label) for label in labels.ravel().tolist() if label not in place})
    if unknown:
        raise ZooError(f"y holds {unknown[0]}, but the classes of this task are {', '.join(map(repr, classes))}; leave it out.")
    numbers = np.array([place[label] for label in labels.ravel().tolist()]).reshape(labels.shape)
    return np.eye(ways, dtype=np.float32)[numbers]


def same_length(x: np.ndarray, y: np.ndarray) -> None:
    """Refuse examples and labels of different number.

    Raises:
        ZooError: if the lengths differ.
    """
    if len(x) != len(y):
        raise ZooError(f"x has {len(x)} rows and y has {len(y)}; every example needs exactly one label.")


def warn_outside(name: str, rows: np.ndarray, limits: tuple[float, float] | None, stacklevel: int) -> None:
    """Warn where a number is outside the range of training.

    Args:
        name: the argument's name, for the message.
        rows: finite numbers.
        limits: the lowest and the highest number of training; None where they are unknown.
        stacklevel: as of `warnings.warn`, 1 being the caller of this function.

    Warns:
        UserWarning: with the first number outside, and the limits.
    """
    if limits is None:
        return
    outside = rows[(rows < limits[0]) | (rows > limits[1])]
    if outside.size:
        message = f"{name} holds {outside[0]:g}, outside the range [{limits[0]:g}, {limits[1]:g}] of training"
        warnings.warn(f"{message}; what is learned or predicted there is unreliable.", UserWarning, stacklevel + 1)
