"""TensorFlow Serving's REST codec: JSON bodies to named arrays and back, with its rules and its errors.

Rows: `{"instances": [{...}, ...]} -> {"predictions": [...]}`; columns: `{"inputs": {...}} -> {"outputs": ...}`. Either may name
a `signature_name`. A single input or output is written without its name. An integer input refuses `1.0`. A row has exactly the
inputs of its signature; columns may have more, which are ignored. Errors: `{"error": "..."}`.
"""

import gc
import json
import math
import re
import threading
from typing import Any

import numpy as np

from zoo.serving.wire import json_text
from zoo.serving.wire.json_arrays import BadRequestError, is_base64, quoted, read, read_carefully, read_fast

__all__ = ["DEFAULT_SIGNATURE", "BadRequestError", "Specs", "decode", "encode", "error", "parse"]

Specs = dict[str, tuple[np.dtype, tuple[int | None, ...]]]  # input name -> dtype and shape
DEFAULT_SIGNATURE = "serving_default"
_SIGNATURE = re.compile(rb'"signature_name"\s*:\s*"([^"]*)"')
_PERHAPS_HUGE = re.compile(rb"[eE]\+?[0-9]{3}")
_PARSE_ERRORS = {  # what Python's parser says -> what TensorFlow Serving's says
    "Expecting value": "Invalid value.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Extra data": "The document root must not be followed by other values.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
}


class _WithoutCollection:
    """Within it Python's garbage collector rests; it would walk the growing lists again and again, while all others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside, self._enabled = 0, False

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._enabled = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._enabled:
                gc.enable()


_parsing = _WithoutCollection()


def most_values(body: bytes) -> int:
    """How many JSON values a body holds at most, counted without parsing it: parsed, each takes up to 100 bytes."""
    return 1 + body.count(b",") + body.count(b"[") + body.count(b"{")


def signature_names(body: bytes) -> set[str] | None:
    """The signatures that a body may be for, found without parsing it; None if only parsing can tell."""
    if b"\\" in body:
        return None
    return {name.decode(errors="replace") for name in _SIGNATURE.findall(body)} | {DEFAULT_SIGNATURE}


def parse(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object. `NaN`, `Infinity` and `-Infinity` are numbers here, as in TensorFlow Serving.

    Raises:
        BadRequestError: if it is none, or its `signature_name` is no string.
    """
    if not body:
        raise BadRequestError("JSON Parse error: The document is empty")
    try:
        # Decoded here, as Python's parser takes UTF-16 and UTF-32 too. TensorFlow Serving skips a byte order mark as well.
        text = body.decode("utf-8-sig", "surrogatepass")
        with _parsing:
            request = json.loads(text, parse_float=_finite if _PERHAPS_HUGE.search(body) else None)
    except json.JSONDecodeError as problem:
        said = _PARSE_ERRORS.get(problem.msg, f"{problem.msg}.")
        raise BadRequestError(f"JSON Parse error: {said} at offset: {problem.pos}") from None
    except RecursionError:
        raise BadRequestError("JSON Parse error: nested too deep.") from None
    except ValueError as problem:
        raise BadRequestError(f"JSON Parse error: {problem}") from None
    if not isinstance(request, dict):
        raise BadRequestError(f"JSON Value: {quoted(request)} Is not object")
    if not isinstance(request.get("signature_name", ""), str):
        raise BadRequestError(
            f"JSON Value: {quoted(request)} not formatted correctly. 'signature_name' key must be a string value."
        )
    return request


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"Number too big to be stored in double. It is {text[:40]}")
    return value


def decode(request: dict[str, Any], specs: Specs) -> dict[str, np.ndarray]:
    """Turn a parsed request into the named inputs of a signature.

    Raises:
        BadRequestError: for both or neither of `instances` and `inputs`, missing names, unknown ones in a row, ragged lists,
            wrong types or wrong shapes.
    """
    if "instances" in request and "inputs" in request:
        raise BadRequestError(
            f"JSON Value: {quoted(request)} Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist "
        )
    if "instances" in request:
        arrays = _from_rows(request, specs)
    elif "inputs" in request:
        arrays = _from_columns(request["inputs"], specs)
    else:
        raise BadRequestError("Missing 'inputs' or 'instances' key")
    for name, (_, shape) in specs.items():
        got = arrays[name].shape
        if len(got) != len(shape) or any(want not in (None, size) for want, size in zip(shape, got, strict=True)):
            wanted = [-1 if size is None else size for size in shape]
            raise BadRequestError(f"key: {name} has shape {list(got)}, expected {wanted} (-1 is any size)")
    return arrays


def _from_columns(inputs: Any, specs: Specs) -> dict[str, np.ndarray]:
    if not _is_named(inputs):
        if len(specs) > 1:
            raise BadRequestError(
                "inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map"
                f"; its keys are {','.join(sorted(specs))}"
            )
        return {name: read(inputs, dtype) for name, (dtype, _) in specs.items()}
    arrays = {}
    for name, (dtype, _) in specs.items():
        if name not in inputs:
            raise BadRequestError(f"Missing named input: {name} in 'inputs' object.")
        arrays[name] = read(inputs[name], dtype)
    return arrays


def _from_rows(request: dict[str, Any], specs: Specs) -> dict[str, np.ndarray]:
    rows = request["instances"]
    if not isinstance(rows, list):
        raise BadRequestError(f"JSON Value: {quoted(request)} Excepting 'instances' to be an list/array")
    if not rows:
        raise BadRequestError(f"JSON Value: {quoted(request)} No values in 'instances' array")
    if not isinstance(rows[0], dict) and len(specs) > 1:
        raise BadRequestError(
            "instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map"
            f"; their keys are {','.join(sorted(specs))}"
        )
    if not _is_named(rows[0]) and len(specs) == 1:
        columns = {name: rows for name in specs}
    elif all(isinstance(row, dict) and row.keys() == specs.keys() for row in rows):
        columns = {name: [row[name] for row in rows] for name in specs}
    else:
        return _row_by_row(rows, specs)
    arrays = {name: read_fast(columns[name], dtype) for name, (dtype, _) in specs.items()}
    whole = {name: array for name, array in arrays.items() if array is not None}
    return whole if len(whole) == len(specs) else _row_by_row(rows, specs)


def _row_by_row(rows: list[Any], specs: Specs) -> dict[str, np.ndarray]:
    named = _is_named(rows[0])
    read_so_far: dict[str, list[np.ndarray]] = {name: [] for name in specs}
    for number, row in enumerate(rows):
        if named != _is_named(row):
            expected, got = ("object", "list") if named else ("value/list", "object")
            raise BadRequestError(f"Expecting {expected} but got {got} at item {number} of input list")
        for name, value in row.items() if named else ((name, row) for name in specs):
            try:
                _append(read_so_far, name, value, specs)
            except BadRequestError as problem:
                key = f" key: {name}" if named else ""
                raise BadRequestError(
                    f"Failed to process element: {number}{key} of 'instances' list. Error: INVALID_ARGUMENT: {problem}"
                ) from None
        if named and row.keys() != specs.keys():
            raise BadRequestError(
                f"Failed to process element: {number} of 'instances' list. JSON object: {quoted(row)} "
                f"keys must be equal to: {','.join(sorted(specs))}"
            )
    return {name: np.stack(arrays) for name, arrays in read_so_far.items()}


def _append(read_so_far: dict[str, list[np.ndarray]], name: str, value: Any, specs: Specs) -> None:
    if name not in specs:
        known = ",".join(sorted(specs))
        raise BadRequestError(f"JSON object: does not have named input: {name}; keys must be equal to: {known}")
    array = read_carefully(value, specs[name][0])
    first = read_so_far[name][0] if read_so_far[name] else array
    if first.size != array.size:
        raise BadRequestError(f"Expecting tensor size: {first.size} but got: {array.size}")
    if first.shape != array.shape:
        raise BadRequestError(f"Expecting shape {_bare(first.shape)} but got: {_bare(array.shape)}")
    read_so_far[name].append(array)


def _bare(shape: tuple[int, ...]) -> str:
    return "[" + ",".join(map(str, shape)) + "]"


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and not is_base64(value)


def encode(request: dict[str, Any], outputs: dict[str, np.ndarray]) -> bytes:
    """Turn named outputs into the body of the answer, in the format of the request.

    Raises:
        BadRequestError: for rows, if an output has no leading axis or another length of it than the rest.
    """
    ordered = {name: np.asarray(outputs[name]) for name in sorted(outputs)}
    return (_to_columns(ordered) if "inputs" in request else _to_rows(ordered)).encode()


def error(message: str) -> bytes:
    """The body of an error."""
    return json.dumps({"error": message}, indent=4).encode()


def _to_columns(outputs: dict[str, np.ndarray]) -> str:
    if len(outputs) == 1:
        name, value = next(iter(outputs.items()))
        return '{\n    "outputs": ' + _filled(json_text.on_many_lines(value.shape, 1), name, value) + "\n}"
    fields = [
        f"        {json.dumps(name)}: " + _filled(json_text.on_many_lines(value.shape, 2), name, value)
        for name, value in outputs.items()
    ]
    return '{\n    "outputs": {\n' + ",\n".join(fields) + "\n    }\n}"


def _to_rows(outputs: dict[str, np.ndarray]) -> str:
    rows = None
    for name, value in outputs.items():
        if not value.ndim:
            raise BadRequestError(f"Tensor name: {name} has no shape information ")
        if rows is not None and len(value) != rows:
            raise BadRequestError(f"Tensor name: {name} has inconsistent batch size: {len(value)} expecting: {rows}")
        rows = len(value)
    if not rows:
        return '{\n    "predictions": []\n}'
    if len(outputs) == 1:
        name, value = next(iter(outputs.items()))
        inside = _filled(", ".join([json_text.on_one_line(value.shape[1:])] * rows), name, value)
        return '{\n    "predictions": [' + inside + "\n    ]\n}"
    fields = [f"\n            {_escaped(name)}: {json_text.on_one_line(value.shape[1:])}" for name, value in outputs.items()]
    row = "\n        {" + ",".join(fields) + "\n        }"
    per_row = [np.array(_texts(name, value), object).reshape(rows, -1) for name, value in outputs.items()]
    holes = np.concatenate(per_row, axis=1).ravel().tolist()
    return '{\n    "predictions": [' + ",".join([row] * rows) % tuple(holes) + "\n    ]\n}"


def _filled(template: str, name: str, value: np.ndarray) -> str:
    return template % tuple(_texts(name, value))


def _texts(name: str, value: np.ndarray) -> list[str]:
    return json_text.texts(value, as_bytes=name.endswith("_bytes"))


def _escaped(name: str) -> str:
    return json.dumps(name).replace("%", "%%")
