"""The client's side of TensorFlow Serving's row format: named arrays to a JSON body, one instance per task, and answers back.

A float32 is written with the fewest digits that identify it, an integer without a decimal point: the server refuses `1.0`.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo.serving.client.metadata import Signature

MANY = 10_000  # numbers above which each distinct one is formatted once
# The shortest form of the largest float32 rounds up, and the server refuses what lies beyond it.
_LARGEST = {"3.4028235e+38": "3.4028234e+38", "-3.4028235e+38": "-3.4028234e+38"}


def encode(signature_name: str, inputs: Mapping[str, np.ndarray]) -> bytes:
    """The body of a request.

    Args:
        signature_name: which signature to call.
        inputs: finite arrays of one length of axis 0, whose entries become the instances.
    """
    columns = {name: _instances(array) for name, array in sorted(inputs.items())}
    if len(columns) == 1:
        instances = next(iter(columns.values()))  # a single input is written without its name
    else:
        named = [[f"{json.dumps(name)}:{value}" for value in column] for name, column in columns.items()]
        instances = ["{" + ",".join(instance) + "}" for instance in zip(*named, strict=True)]
    return f'{{"signature_name":{json.dumps(signature_name)},"instances":[{",".join(instances)}]}}'.encode()


def decode(body: bytes, signature: Signature) -> dict[str, np.ndarray]:
    """The outputs in the body of an answer.

    Raises:
        ValueError, TypeError, KeyError: if it is not JSON of this form, or its rows are ragged.
    """
    predictions = json.loads(body)["predictions"]
    if not isinstance(predictions, list):
        raise TypeError(f"'predictions' is a {type(predictions).__name__}, not a list")
    if len(signature.outputs) == 1:
        columns: dict[str, Any] = dict.fromkeys(signature.outputs, predictions)
    else:
        columns = {name: [row[name] for row in predictions] for name in signature.outputs}
    with np.errstate(over="ignore"):  # a number beyond float32 becomes infinite, which is refused later
        return {name: _array(column, signature.outputs[name].dtype) for name, column in columns.items()}


def _array(column: list, dtype: np.dtype | None) -> np.ndarray:
    if dtype is None or dtype.kind != "U":
        return np.array(column, dtype)
    texts = np.array(column, object)
    for value in texts.flat:
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is no string")  # NumPy would make one of anything
    return texts.astype(str)


def _instances(array: np.ndarray) -> list[str]:
    """The JSON of each entry of axis 0: numbers first, then folded into lists, innermost axis first."""
    numbers = _numbers(array.ravel())
    for size in reversed(array.shape[1:]):
        numbers = [f"[{','.join(numbers[start : start + size])}]" for start in range(0, len(numbers), size)]
    return numbers


def _numbers(values: np.ndarray) -> list[str]:
    if values.dtype.kind != "f":
        return list(map(str, values.tolist()))
    if values.size < MANY:
        return list(map(_shortest, values))
    # Frames of video are mostly zeros, and formatting a number takes ten times as long as sorting it.
    different, which = np.unique(values, return_inverse=True)
    texts = list(map(_shortest, different))
    return [texts[index] for index in which.tolist()]


def _shortest(number: np.floating) -> str:
    text = str(number).removesuffix(".0")
    return _LARGEST.get(text, text)
