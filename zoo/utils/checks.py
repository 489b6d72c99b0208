"""Checks of a user's arguments: they become finite float32 arrays of the expected shape, or raise a `ZooError`."""

import warnings
from typing import Any

import numpy as np

from zoo.utils.errors import ZooError


def as_rows(name: str, values: Any, row_shape: tuple[int, ...]) -> np.ndarray:
    """Turn `values` into rows of shape `row_shape`.

    Args:
        name: the argument's name, for messages.
        values: anything NumPy reads as numbers, `[N, *row_shape]`; where `row_shape` is `(1,)` a plain list of N too.
        row_shape: the shape of one row.

    Returns:
        float32 `[N, *row_shape]`.

    Raises:
        ZooError: if the values are not numbers, hold NaN or infinity, have another shape, or are empty.
    """
    wanted = f"[rows, {', '.join(map(str, row_shape))}]"
    try:
        with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, which is refused below
            rows = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ZooError(f"{name} is not an array of numbers ({error}); pass numbers of shape {wanted}.") from None
    if row_shape == (1,) and rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim == 0 or rows.shape[0] == 0 or rows.size == 0:
        raise ZooError(f"{name} is empty (shape {list(np.shape(values))}); pass at least one row of shape {wanted}.")
    if rows.shape[1:] != row_shape:
        raise ZooError(f"{name} has shape {list(rows.shape)}, but {wanted} was expected; reshape it or choose the columns.")
    bad = np.argwhere(~np.isfinite(rows.reshape(len(rows), -1)).all(axis=1))
    if len(bad):
        raise ZooError(f"{name} holds NaN or infinity (first in row {int(bad[0, 0])}); remove or fill such rows first.")
    return rows


def as_labels(name: str, values: Any) -> np.ndarray:
    """Turn class labels into one axis.

    Args:
        name: the argument's name, for messages.
        values: names or numbers of classes, `[N]` or `[N, 1]`: strings, whole numbers or truth values, all of one kind.

    Returns:
        `[N]`.

    Raises:
        ZooError: for another shape, none at all, or labels that are neither strings nor whole numbers.
    """
    labels = np.asarray(values)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not len(labels):
        raise ZooError(
            f"{name} has shape {list(labels.shape)}, but one class for each example was expected, as a list of [rows]."
        )
    if labels.dtype == object and all(isinstance(label, str) for label in labels):
        labels = labels.astype(str)
    if labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.round(labels)).all()):
        raise ZooError(
            f"{name} holds numbers that are not whole, such as {labels[labels != np.round(labels)][0]}; name the classes."
        )
    if labels.dtype.kind not in "Ubiuf":
        raise ZooError(f"{name} holds {labels.dtype}; the classes must be strings or whole numbers, all of one kind.")
    return labels


def one_hot(labels: np.ndarray, classes: tuple) -> np.ndarray:
    """Labels `[N]`, each one of `classes`, as float32 `[N, ways]`."""
    place = {label: index for index, label in enumerate(classes)}
    return np.eye(len(classes), dtype=np.float32)[[place[label] for label in labels.tolist()]]


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
