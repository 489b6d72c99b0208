"""Checks of a user's arguments: they become finite float32 arrays of the expected shape, or raise a `ZooError`."""

import re
import unicodedata
from typing import Any

import numpy as np

from zoo.utils.errors import ZooError, cut, listed
from zoo.utils.ranges import warn

# Texts of a cell that say that it is missing. "Na" is not among them, which is sodium.
MISSING = frozenset({"", "NA", "na", "<NA>", "NaN", "nan", "N/A", "n/a", "NULL", "null", "NaT"})
WHOLE = 2.0**53  # from which on a float has no next whole number
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def is_number(text: str) -> bool:
    """Whether a text is a finite number in plain digits; Python itself also takes `1_0` and the digits of all scripts."""
    return bool(_NUMBER.fullmatch(text.strip()))


def as_rows(name: str, values: Any, row_shape: tuple[int | None, ...], missing: bool = False) -> np.ndarray:
    """Turn `values` into rows of shape `row_shape`.

    Args:
        name: the argument's name, for messages.
        values: anything NumPy reads as numbers, `[N, *row_shape]`; where the last axis of `row_shape` is 1, without it too.
        row_shape: the shape of one row; None for an axis of any size.
        missing: whether NaN stands for a number that is missing.

    Returns:
        float32 `[N, *row_shape]`.

    Raises:
        ZooError: if the values are not numbers, hold NaN or infinity, have another shape, or are empty.
    """
    wanted = f"[rows, {', '.join('any' if size is None else str(size) for size in row_shape)}]"
    if values is None:
        raise ZooError(f"{name} is None; pass numbers of shape {wanted}.")
    try:
        given = _plain(values)
        with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, which is refused below
            rows = given.astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ZooError(f"{name} is not an array of numbers ({cut(error, 120)}); pass numbers of shape {wanted}.") from None
    if rows.ndim == 0:
        raise ZooError(f"{name} is a single number: pass [{cut(values)}], a list of one, or rows of shape {wanted}.")
    if row_shape[-1:] == (1,) and _fits(rows.shape[1:], row_shape[:-1]):
        rows = rows[..., None]
    if rows.shape[0] == 0 or rows.size == 0:
        raise ZooError(f"{name} is empty (shape {list(given.shape)}); pass at least one row of shape {wanted}.")
    if not _fits(rows.shape[1:], row_shape):
        raise ZooError(f"{name} has shape {list(rows.shape)}, but {wanted} was expected; reshape it or choose the columns.")
    fine = np.isfinite(rows) | (np.isnan(rows) if missing else False)
    bad = np.argwhere(~fine)
    if len(bad):
        value = given.reshape(rows.shape)[tuple(bad[0])]
        large = bool(np.isfinite(float(value)))
        what = f"{cut(value)}, too large for float32" if large else "infinity" if missing else "NaN or infinity"
        row = f"first in row {int(bad[0, 0])}" + (f", at {bad[0, 1:].tolist()}" if rows[0].size > 1 else "")
        raise ZooError(f"{name} holds {what} ({row}); {'scale it' if large else 'remove or fill such rows'} first.")
    return rows


def shape_of(values: Any) -> tuple[int, ...]:
    """The shape of what may become an array; that of a single number where it cannot, as `as_rows` says in words."""
    try:
        return np.shape(values)
    except ValueError:
        return ()


def _fits(shape: tuple[int, ...], row_shape: tuple[int | None, ...]) -> bool:
    return len(shape) == len(row_shape) and all(size in (None, got) for size, got in zip(row_shape, shape, strict=True))


def _plain(values: Any) -> np.ndarray:
    """An array of numbers, or of objects that may be some.

    Raises:
        TypeError, ValueError: where NumPy would drop what the values say: masks, imaginary parts, dates, digits of other scripts.
    """
    if np.ma.isMaskedArray(values) and np.ma.is_masked(values):
        return np.ma.asarray(values, np.float64).filled(np.nan)
    array = np.asarray(values)
    if array.dtype.kind in "cmM":
        raise TypeError(f"it holds {array.dtype}")
    if array.dtype.kind in "SUTO":
        texts = (each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in array.ravel().tolist())
        wrong = next((each for each in texts if isinstance(each, str) and not is_number(each)), None)
        if wrong is not None:
            raise ValueError(f"it holds {cut(repr(wrong))}")
        return array.astype(np.float64)
    return array


_KINDS = {bool: "truth values", np.bool_: "truth values", str: "texts", bytes: "texts", int: "numbers", float: "numbers"}


def _kind(label: Any) -> str | None:
    """What kind of a class a label is; None for one that is missing."""
    if (
        label is None
        or type(label).__name__ in ("NAType", "NaTType")
        or (isinstance(label, float | np.floating) and label != label)
    ):
        return None
    for kind, name in _KINDS.items():
        if isinstance(label, kind):
            return name
    return "numbers" if isinstance(label, np.integer | np.floating) else type(label).__name__


def is_left_out(label: Any) -> bool:
    """Whether a label is none: None, NaN, what tables have for it, or a text without a character."""
    return _kind(label) is None or (isinstance(label, str | bytes) and not label)


def refuse_missing_or_mixed(name: str, values: Any) -> None:
    """Refuse labels some of which are missing, or of another kind than the others: NumPy would make texts of them all.

    Raises:
        ZooError: naming the row.
    """
    if getattr(getattr(values, "dtype", None), "kind", "O") in "biuSU":
        return
    labels = np.asarray(values, dtype=object)
    first: tuple[Any, str] | None = None
    for place, label in np.ndenumerate(labels):
        if isinstance(label, np.ndarray) and not label.ndim:
            label = label.item()
        kind = _kind(label)
        if kind is None:
            raise ZooError(f"{name} is missing ({label}) in row {place[0]}; leave such rows out, or name their class.")
        if first is None:
            first = label, kind
        elif kind != first[1]:
            raise ZooError(
                f"{name} is mixed: {cut(repr(first[0]))} is one of {first[1]}, and {cut(repr(label))} in row {place[0]} one of "
                f"{kind}; name all classes in one way, e.g. all as strings."
            )


def as_labels(name: str, values: Any, axes: int = 0) -> np.ndarray:
    """Turn class labels into an array.

    Args:
        name: the argument's name, for messages.
        values: names or numbers of classes, `[N]` or `[N, 1]`: strings, bytes in UTF-8, whole numbers or truth values, all of one
            kind.
        axes: how many axes one label has: 0 for a class, 2 for a mask.

    Returns:
        `[N]`, or with axes `[N, ...]`; bytes as strings.

    Raises:
        ZooError: for another shape, none at all, missing or mixed ones, or labels that are neither strings nor whole numbers.

    Warns:
        UserWarning: where two names differ in how Unicode composes them only; they are one class.
    """
    try:
        labels = np.asarray(values)
    except ValueError as error:
        raise ZooError(f"{name} is not a list of classes ({cut(error, 120)}); pass one for each example.") from None
    if not axes and labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 + axes or not labels.size:
        wanted = "a mask of classes" if axes else "one class"
        raise ZooError(f"{name} has shape {list(labels.shape)}, but {wanted} for each example was expected, as a list of [rows].")
    refuse_missing_or_mixed(name, values)
    if labels.dtype.kind in "SOT":
        labels = _unboxed(name, labels)
    if labels.dtype.kind == "f":
        _refuse_not_whole(name, labels)
    if labels.dtype.kind not in "Ubiuf":
        raise ZooError(f"{name} holds {labels.dtype}; the classes must be strings or whole numbers, all of one kind.")
    return _composed(name, labels) if labels.dtype.kind == "U" else labels


def _refuse_not_whole(name: str, labels: np.ndarray) -> None:
    """Refuse floats that are no whole numbers, or so large that NumPy may have made one of two whole numbers."""
    labels = labels.astype(np.float64)  # half precision does not reach as far as the bound below
    odd = labels[~np.isfinite(labels) | (labels != np.round(labels))]
    if odd.size:
        raise ZooError(f"{name} holds numbers that are not whole, such as {odd[0]}; name the classes.")
    large = labels[np.abs(labels) >= WHOLE]
    if large.size:
        raise ZooError(
            f"{name} holds {large[0]}, and whole numbers as large as that are not told apart once they are floats; name the "
            "classes by texts, or by whole numbers of at most 63 bits."
        )


def _unboxed(name: str, labels: np.ndarray) -> np.ndarray:
    """Labels that are objects as an array of strings, numbers or truth values; `labels` itself where they are none of these."""
    flat = labels.ravel().tolist()
    try:
        texts = [each.decode() if isinstance(each, bytes) else each for each in flat]
    except UnicodeDecodeError as error:
        raise ZooError(f"{name} holds bytes that are not UTF-8 ({error}); decode them first.") from None
    known = {str, bool, int, float}
    plain = [each.item() if isinstance(each, np.generic) else each for each in texts]
    return np.array(plain).reshape(labels.shape) if {type(each) for each in plain} <= known else labels


def _composed(name: str, labels: np.ndarray) -> np.ndarray:
    """Labels, composed by Unicode's NFC if two of them differ in that only."""
    names = set(labels.ravel().tolist())
    forms = {each: unicodedata.normalize("NFC", each) for each in names}
    if len(set(forms.values())) == len(names):
        return labels
    double = sorted({form for each, form in forms.items() if form != each and form in names})
    warn(
        f"{name} spells {listed([repr(each) for each in double])} in two ways that look the same; each is one class, "
        "composed (NFC)."
    )
    return np.array([forms[each] for each in labels.ravel().tolist()]).reshape(labels.shape)


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
    try:
        tokens = np.asarray(values)
    except ValueError as error:
        raise ZooError(f"{name} is no array of tokens ({cut(error, 120)}); pad or cut the sequences to {length} each.") from None
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
    rows = len(values) if isinstance(values, list | tuple) or shape_of(values) else 0
    if not rows:
        raise ZooError(f"{name} is empty; pass one entry for each example, such as [None] * len(x).")
    return rows


def one_hot(labels: np.ndarray, classes: tuple, ways: int | None = None) -> np.ndarray:
    """Labels `[N, ...]`, each one of `classes`, as float32 `[N, ..., ways]`, by default with as many ways as classes.

    Raises:
        ZooError: if there are more classes than ways, or a label is none of the classes, or of another kind than they are: 1,
            "1" and True are not the same class.
    """
    ways = len(classes) if ways is None else ways
    if len(classes) > ways:
        raise ZooError(f"y holds {len(classes)} classes, but this learner tells {ways} apart; give it {ways} or fewer.")
    flat = labels.ravel().tolist()
    other = next((label for label in flat if classes and _kind(label) != _kind(classes[0])), None)
    if other is not None:
        raise ZooError(
            f"y holds {cut(repr(other))}, one of {_kind(other)}, but the classes of this task are {_kind(classes[0])}: "
            f"{listed([repr(each) for each in classes if _kind(each) == _kind(classes[0])])}; name them as they are."
        )
    place = {label: index for index, label in enumerate(classes)}
    unknown = sorted({repr(label) for label in flat if label not in place})
    if unknown:
        raise ZooError(
            f"y holds {cut(unknown[0])}, but the classes of this task are {listed([repr(each) for each in classes])}; "
            "leave it out."
        )
    numbers = np.array([place[label] for label in flat]).reshape(labels.shape)
    return np.eye(ways, dtype=np.float32)[numbers]


def same_length(x: np.ndarray, y: np.ndarray) -> None:
    """Refuse examples and labels of different number.

    Raises:
        ZooError: if the lengths differ.
    """
    if len(x) != len(y):
        raise ZooError(f"x has {len(x)} rows and y has {len(y)}; every example needs exactly one label.")
