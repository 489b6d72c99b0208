"""Arrays to JSON text, number by number and bracket by bracket as TensorFlow Serving writes them.

A float is written with six digits where these identify it and with nine where they do not, so a reader gets the same float32
back; a whole one keeps its `.0`. NaN and the infinities are written bare, although JSON does not define them.
"""

import base64
import json

import numpy as np

_POWERS = 10.0 ** np.arange(23)  # every one exact as a float64
_RAW = ("NaN", "Infinity", "-Infinity")


def texts(values: np.ndarray, as_bytes: bool = False) -> list[str]:
    """Every element as JSON, in order.

    Args:
        values: floats, integers, truth values, or strings of bytes.
        as_bytes: whether strings are written as `{"b64": "..."}`.
    """
    flat = values.ravel()
    if flat.dtype.kind == "f":
        return _floats(flat) if flat.size else []
    if flat.dtype.kind in "iub":
        return [json.dumps(value) for value in flat.tolist()] if flat.dtype.kind == "b" else list(map(str, flat.tolist()))
    strings = [value if isinstance(value, bytes) else str(value).encode() for value in flat.tolist()]
    if as_bytes:
        return [json.dumps({"b64": base64.b64encode(value).decode()}) for value in strings]
    return [json.dumps(value.decode(errors="replace"), ensure_ascii=False) for value in strings]


def _floats(flat: np.ndarray) -> list[str]:
    digits = 9 if flat.dtype.itemsize <= 4 else 17
    formats = np.array(["%.6g", f"%.{digits}g", "%.1f", *(word + "%.0s" for word in _RAW)], object)
    with np.errstate(invalid="ignore"):  # signalling NaN would warn
        exact = flat.astype(np.float64)
        short = _six_digits_suffice(flat, exact)
        whole = (exact == np.rint(exact)) & (np.abs(exact) < np.where(short, 1e6, 10.0**digits))
    which = np.select(
        [np.isnan(exact), exact == np.inf, exact == -np.inf, whole, short],
        [3, 4, 5, 2, 0],
        default=1,
    )
    return ("\n".join(formats[which].tolist()) % tuple(exact.tolist())).split("\n")


def _six_digits_suffice(flat: np.ndarray, exact: np.ndarray) -> np.ndarray:
    size = np.abs(exact)
    common = (size > 1e-16) & (size < 1e16)  # where the power of ten that shifts six digits before the point is exact
    shift = 5 - np.floor(np.log10(np.where(common, size, 1.0))).astype(np.int64)
    power = _POWERS[np.abs(shift)]
    rounded = np.where(shift >= 0, np.rint(exact * power) / power, np.rint(exact / power) * power)
    with np.errstate(over="ignore", under="ignore"):
        suffice = rounded.astype(flat.dtype) == flat
        for index in np.flatnonzero(~common & np.isfinite(exact) & (exact != 0)):
            suffice[index] = flat.dtype.type(f"{exact[index]:.6g}") == flat[index]
    return suffice


def on_one_line(shape: tuple[int, ...]) -> str:
    """Nested lists of a shape on one line, with `%s` for every element."""
    text = "%s"
    for size in reversed(shape):
        text = "[" + ", ".join([text] * size) + "]"
    return text


def on_many_lines(shape: tuple[int, ...], depth: int) -> str:
    """Nested lists of a shape with every element on a line of its own, with `%s` for every element.

    Args:
        shape: of the array.
        depth: how deep the outermost list stands; every level is indented by four blanks.
    """
    text = "%s"
    for level in reversed(range(len(shape))):
        inside, outside = "\n" + "    " * (depth + level + 1), "\n" + "    " * (depth + level)
        text = "[" + inside + ("," + inside).join([text] * shape[level]) + outside + "]" if shape[level] else "[]"
    return text
