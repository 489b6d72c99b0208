"""TensorFlow Serving's REST codec: JSON bodies to named arrays and back, with its rules and its refusals.

Rows: `{"instances": [{...}, ...]} -> {"predictions": [...]}`; columns: `{"inputs": {...}} -> {"outputs": ...}`. Either may name
a `signature_name`. A single input or output stands without its name. An integer input refuses `1.0`.
"""

import json
from typing import Any

import numpy as np

Specs = dict[str, tuple[np.dtype, tuple[int | None, ...]]]  # input name -> dtype and shape
DEFAULT_SIGNATURE = "serving_default"


class BadRequestError(ValueError):
    """A request that TensorFlow Serving answers with 400; the message is its `error`."""


def parse(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object with exactly one of `instances` and `inputs`.

    Raises:
        BadRequestError: if it is not.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"JSON Parse error: {error}") from None
    if not isinstance(request, dict):
        raise BadRequestError("JSON body must be an object")
    if ("instances" in request) == ("inputs" in request):
        raise BadRequestError("JSON Value: body must have exactly one of 'instances' and 'inputs'")
    if not isinstance(request.get("signature_name", DEFAULT_SIGNATURE), str):
        raise BadRequestError("'signature_name' key must be a string value")
    return request


def decode(request: dict[str, Any], specs: Specs) -> dict[str, np.ndarray]:
    """Turn a parsed request into the named inputs of a signature.

    Raises:
        BadRequestError: for missing names, unknown ones in a row, ragged rows, wrong types or wrong shapes.
    """
    columns = _rows_to_columns(request["instances"], specs) if "instances" in request else _named(request["inputs"], specs)
    return {name: _array(name, columns[name], *specs[name]) for name in specs}


def encode(request: dict[str, Any], outputs: dict[str, np.ndarray]) -> bytes:
    """Turn named outputs into the body of the answer, in the format that the request came in."""
    values = {name: _plain(value) for name, value in sorted(outputs.items())}
    only = next(iter(values)) if len(values) == 1 else None
    if "inputs" in request:
        return json.dumps({"outputs": values[only] if only else values}).encode()
    if only:
        return json.dumps({"predictions": values[only]}).encode()
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return json.dumps({"predictions": rows}).encode()


def _named(inputs: Any, specs: Specs) -> dict[str, Any]:
    if not isinstance(inputs, dict):
        if len(specs) > 1:
            raise BadRequestError(f"'inputs' must be an object with the keys {','.join(sorted(specs))}")
        return dict.fromkeys(specs, inputs)
    for name in specs:
        if name not in inputs:
            raise BadRequestError(f"Missing named input: {name} in 'inputs' object.")
    return inputs


def _rows_to_columns(instances: Any, specs: Specs) -> dict[str, list]:
    if not isinstance(instances, list) or not instances:
        raise BadRequestError("'instances' must be a list with at least one value")
    names = ",".join(sorted(specs))
    columns: dict[str, list] = {name: [] for name in specs}
    for number, instance in enumerate(instances):
        if not isinstance(instance, dict):
            if len(specs) > 1:
                raise BadRequestError(
                    f"Failed to process element: {number} of 'instances' list. Expecting object with keys: {names}"
                )
            instance = dict.fromkeys(specs, instance)
        if set(instance) != set(specs):
            raise BadRequestError(f"Failed to process element: {number} of 'instances' list. keys must be equal to: {names}")
        for name in specs:
            columns[name].append(instance[name])
    return columns


def _array(name: str, value: Any, dtype: np.dtype, shape: tuple[int | None, ...]) -> np.ndarray:
    try:
        array = np.array(value)
    except ValueError:
        raise BadRequestError(f"key: {name} is ragged: every row must have the same shape") from None
    if array.dtype == bool or array.dtype.kind not in ("iuf" if dtype.kind == "f" else "iu"):
        raise BadRequestError(f"key: {name} must hold numbers of type {dtype.name}, without missing ones or other types")
    if array.ndim != len(shape) or any(want not in (None, got) for want, got in zip(shape, array.shape, strict=True)):
        wanted = [-1 if size is None else size for size in shape]
        raise BadRequestError(f"key: {name} has shape {list(array.shape)}, expected {wanted} (-1 is any size)")
    if dtype.kind in "iu" and array.size and not np.all((np.iinfo(dtype).min <= array) & (array <= np.iinfo(dtype).max)):
        raise BadRequestError(f"key: {name} holds a number that does not fit {dtype.name}")
    with np.errstate(over="ignore"):  # what lies beyond float32 becomes infinite
        return array.astype(dtype)


def _plain(value: np.ndarray) -> Any:
    """Nested lists; a float32 is written with as many digits as tell it from its neighbours, not as a float64."""
    if value.dtype.kind != "f":
        return value.tolist()
    shortest = [float(str(number)) for number in value.astype(np.float32).ravel()]
    return np.array(shortest, np.float64).reshape(value.shape).tolist()
