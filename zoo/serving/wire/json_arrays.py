"""JSON values to arrays, by the rules of TensorFlow Serving and with its messages.

Arrays of numbers are read in a few passes of C code over flat lists. Only where that fails are they walked element by element, in
the order in which TensorFlow Serving walks them, so that the first mistake is the one that is named.
"""

import base64
import binascii
import itertools
import json
import math
from typing import Any

import numpy as np

DEEPEST = 32  # levels of nesting; NumPy ends at 64, no signature has ten
LONGEST_QUOTE = 1000  # characters of a value quoted in an error; TensorFlow Serving quotes all of it, even megabytes
_NAMES = {"float32": "float", "float64": "double", "object": "string"}
_KINDS = {type(None): "Null", bool: "Bool", dict: "Object", list: "Array", str: "String", int: "Number", float: "Number"}


class BadRequestError(ValueError):
    """A request that TensorFlow Serving answers with 400; the message is its `error`."""


def read(value: Any, dtype: np.dtype) -> np.ndarray:
    """Read nested lists, or a lone value, as an array.

    Args:
        value: parsed JSON.
        dtype: of the wanted array: a float, an integer, `bool`, or `object` for strings, which are read as bytes.

    Raises:
        BadRequestError: for ragged lists and values that `dtype` does not take: `1.0` for an integer, a truth value for a
            number, an integer that a float cannot hold.
    """
    array = read_fast(value, dtype)
    return read_carefully(value, dtype) if array is None else array


def read_fast(value: Any, dtype: np.dtype) -> np.ndarray | None:
    """As `read`, for numbers in even nested lists; None for anything else, valid or not."""
    shape: list[int] = []
    level = [value]
    while (kinds := set(map(type, level))) == {list}:
        sizes = set(map(len, level))
        if len(sizes) > 1 or len(shape) == DEEPEST:
            return None
        shape.append(sizes.pop())
        level = list(itertools.chain.from_iterable(level))
    numbers = _floats(level, kinds, dtype) if dtype.kind == "f" else _integers(level, kinds, dtype)
    return None if numbers is None else numbers.reshape(shape)


def _integers(values: list, kinds: set[type], dtype: np.dtype) -> np.ndarray | None:
    if dtype.kind not in "iu" or not kinds <= {int}:
        return None
    limits = np.iinfo(dtype)
    if values and not limits.min <= min(values) <= max(values) <= limits.max:
        return None
    return np.array(values, dtype)


def _floats(values: list, kinds: set[type], dtype: np.dtype) -> np.ndarray | None:
    if not kinds <= {int, float}:
        return None
    if int in kinds:
        whole = values if len(kinds) == 1 else [value for value in values if type(value) is int]
        largest = _largest_integer(dtype)
        if min(whole) < -largest or max(whole) > largest:
            return None
    numbers = np.array(values, np.float64)
    if np.any(np.isfinite(numbers) & (np.abs(numbers) > np.finfo(dtype).max)):
        return None
    return numbers.astype(dtype)


def _largest_integer(dtype: np.dtype) -> int:
    """The largest integer below which a float holds every integer, as TensorFlow Serving counts: 2^24 - 1 for float32."""
    return 2 ** (np.finfo(dtype).nmant + 1) - 1


def read_carefully(value: Any, dtype: np.dtype) -> np.ndarray:
    """As `read`, one element at a time."""
    shape: list[int] = []
    inner = value
    while isinstance(inner, list):
        shape.append(len(inner))
        if not inner:
            break
        inner = inner[0]
    if len(shape) > DEEPEST:
        raise BadRequestError(f"Encountered lists nested {len(shape)} deep, at most {DEEPEST} are read")
    leaves: list[Any] = []
    _collect(value, 0, shape, dtype, leaves)
    array = np.empty(len(leaves), dtype)
    array[:] = leaves
    return array.reshape(shape)


def _collect(value: Any, level: int, shape: list[int], dtype: np.dtype, leaves: list[Any]) -> None:
    if not isinstance(value, list):
        if level != len(shape):
            raise BadRequestError(
                f"JSON Value: {quoted(value)} found at incorrect level: {level + 1} in the JSON DOM. "
                f"Expected at level: {len(shape)}"
            )
        leaves.append(_leaf(value, dtype))
        return
    if level >= len(shape):
        raise BadRequestError(f"Encountered list at unexpected level: {level} expected < {len(shape)}")
    if len(value) != shape[level]:
        raise BadRequestError(
            f"Encountered list at unexpected size: {len(value)} at level: {level} expected size: {shape[level]}"
        )
    for inner in value:
        _collect(inner, level + 1, shape, dtype, leaves)


def _leaf(value: Any, dtype: np.dtype) -> Any:
    kind = type(value)
    if dtype.kind == "f" and kind in (int, float):
        return _exact_enough(value, dtype)
    if dtype.kind in "iu" and kind is int and np.iinfo(dtype).min <= value <= np.iinfo(dtype).max:
        return value
    if dtype.kind == "b" and kind is bool:
        return value
    if dtype.kind == "O" and kind is str:
        return value.encode(errors="surrogatepass")
    if dtype.kind == "O" and kind is dict:
        return _from_base64(value)
    name = str(value) if kind is bool else _KINDS[kind]
    expected = _NAMES.get(dtype.name, dtype.name)
    raise BadRequestError(f"JSON Value: {quoted(value)} Type: {name} is not of expected type: {expected}")


def _exact_enough(value: float, dtype: np.dtype) -> float:
    # An integer beyond 64 bits is a float to TensorFlow Serving's parser.
    within = abs(value) <= _largest_integer(dtype) if type(value) is int and -(2**63) <= value < 2**64 else None
    if within is None:
        try:
            within = not math.isfinite(value) or abs(float(value)) <= float(np.finfo(dtype).max)
        except OverflowError:
            within = False
    if not within:
        name = _NAMES.get(dtype.name, dtype.name)
        raise BadRequestError(f"Cannot convert JSON value: {quoted(value)} to {name} without loss of precision.")
    return float(value)


def is_base64(value: Any) -> bool:
    """Whether a value is `{"b64": "..."}`, which is a string of bytes and no object with names."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("b64"), str)


def _from_base64(value: dict) -> bytes:
    if not is_base64(value):
        raise BadRequestError(f"JSON Value: {quoted(value)} not formatted correctly for base64 data")
    text = value["b64"]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequestError("Unable to base64 decode") from None


def quoted(value: Any) -> str:
    """A value as JSON for an error message, cut at `LONGEST_QUOTE` characters."""
    text = ""
    try:
        for piece in json.JSONEncoder(indent=4).iterencode(value):
            text += piece
            if len(text) > LONGEST_QUOTE:
                return text[:LONGEST_QUOTE] + " …"
    except (RecursionError, ValueError):  # deep nesting, or an integer of thousands of digits
        return text[:LONGEST_QUOTE] + " …"
    return text
