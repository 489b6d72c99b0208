"""An OpenAPI 3.1 description of the REST interface of a server's models, as a dict.

JSON Schema cannot express that the supports of all tasks in a request are equally long and at least as long as their
`support_size`, that an integer is written without a decimal point, and that NaN, Infinity and -Infinity are written bare; the
description says so in words.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from zoo.serving.wire.protocol import DEFAULT_SIGNATURE, Specs

Signatures = Mapping[str, tuple[Specs, Specs]]  # signature name -> its inputs and its outputs
PATH = "/v1/openapi.json"  # where the server publishes it
METRICS = "/monitoring/prometheus/metrics"
_INIT = "__saved_model_init_op"  # in every SavedModel; not for clients
_DTYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_STRING": "object"}
_REFUSALS = {
    "400": "The request is malformed, or its inputs are invalid.",
    "404": "There is no such model, version or label.",
    "413": "The body is larger than the server's limit.",
    "429": "Resources are exhausted; try again later.",
    "503": "The model is not available yet, or the queue is full; try again later.",
    "default": "Any other failure.",
}
_STATES = ("UNKNOWN", "START", "LOADING", "AVAILABLE", "UNLOADING", "END")


def description(models: Mapping[str, Signatures]) -> dict[str, Any]:
    """Describe the REST interface.

    Args:
        models: name of each model -> its signatures.

    Returns:
        The description, ready for `json.dumps`.
    """
    paths: dict[str, Any] = {}
    for name, signatures in models.items():
        paths |= _paths(name, signatures)
    paths[METRICS] = {
        "get": {
            "operationId": "metrics",
            "summary": "Metrics in Prometheus' text format",
            "responses": {"200": {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TensorFlow Serving's REST interface",
            "version": "1",
            "description": "Prediction, status and metadata of the models of this server. NaN, Infinity and -Infinity are "
            "written bare, integers without a decimal point. All supports of a request are padded to one length; support_size "
            "is the number of real rows of each, from 1 to that length.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Error": _object(error={"type": "string"}), "Status": _status(), "Metadata": _metadata()},
            "responses": {
                code: {"description": text, "content": _json({"$ref": "#/components/schemas/Error"})}
                for code, text in _REFUSALS.items()
            },
        },
    }


def signatures(metadata: Mapping[str, Any]) -> Signatures:
    """The signatures in an answer to `GET /v1/models/NAME/metadata`, of any server with TensorFlow Serving's REST interface."""
    found = metadata["metadata"]["signature_def"]["signature_def"]
    return {
        name: (_specs(signature.get("inputs", {})), _specs(signature.get("outputs", {})))
        for name, signature in sorted(found.items())
        if name != _INIT
    }


def _specs(tensors: Mapping[str, Any]) -> Specs:
    return {name: (_dtype(tensor["dtype"]), _shape(tensor["tensor_shape"])) for name, tensor in sorted(tensors.items())}


def _dtype(name: str) -> np.dtype:
    return np.dtype(_DTYPES.get(name, name.removeprefix("DT_").lower()))


def _shape(shape: Mapping[str, Any]) -> tuple[int | None, ...]:
    sizes = [int(dimension["size"]) for dimension in shape.get("dim", [])]
    return tuple(None if size < 0 else size for size in sizes)


def _paths(name: str, signatures: Signatures) -> dict[str, Any]:
    base = f"/v1/models/{quote(name, safe='')}"
    version = {"name": "version", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0, "format": "int64"}}
    label = {"name": "label", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"}}
    paths: dict[str, Any] = {}
    for suffix, which, parameters in (
        ("", "the newest version", []),
        ("/versions/{version}", "one version", [version]),
        ("/labels/{label}", "the version with a label", [label]),
    ):
        of = f"of {which} of {name}"
        paths[f"{base}{suffix}:predict"] = {"post": _predict(f"Run a signature {of}", signatures, parameters)}
        paths[f"{base}{suffix}"] = {"get": _get(f"Status {of}", "Status", parameters)}
        paths[f"{base}{suffix}/metadata"] = {"get": _get(f"Signatures {of}", "Metadata", parameters)}
    return paths


def _predict(summary: str, signatures: Signatures, parameters: list[dict]) -> dict[str, Any]:
    requests = [body for name, (inputs, _) in signatures.items() for body in _requests(name, inputs)]
    answers = [body for _, outputs in signatures.values() for body in _answers(outputs)]
    return {
        "summary": summary,
        "parameters": parameters,
        "requestBody": {"required": True, "content": _json({"anyOf": requests})},
        "responses": _responses({"description": "Named outputs.", "content": _json({"anyOf": answers})}),
    }


def _get(summary: str, schema: str, parameters: list[dict]) -> dict[str, Any]:
    answer = {"description": summary, "content": _json({"$ref": f"#/components/schemas/{schema}"})}
    return {"summary": summary, "parameters": parameters, "responses": _responses(answer)}


def _responses(answer: dict[str, Any]) -> dict[str, Any]:
    return {"200": answer} | {code: {"$ref": f"#/components/responses/{code}"} for code in _REFUSALS}


def _requests(name: str, inputs: Specs) -> list[dict[str, Any]]:
    """The two formats of a request for a signature."""
    row = _named({key: _input(key, dtype, shape[1:]) for key, (dtype, shape) in inputs.items()}, closed=True)
    columns = _named({key: _input(key, dtype, shape) for key, (dtype, shape) in inputs.items()}, closed=False)
    bodies = []
    for key, schema in (("instances", {"type": "array", "minItems": 1, "items": row}), ("inputs", columns)):
        other = "inputs" if key == "instances" else "instances"
        body = _object(**{key: schema})
        body["properties"] |= {"signature_name": {"type": "string", "const": name}, other: False}
        if name != DEFAULT_SIGNATURE:
            body["required"].append("signature_name")
        bodies.append(body | {"title": f"{name}, {'row' if key == 'instances' else 'column'} format"})
    return bodies


def _answers(outputs: Specs) -> list[dict[str, Any]]:
    row = {key: _tensor(dtype, shape[1:]) for key, (dtype, shape) in outputs.items()}
    columns = {key: _tensor(dtype, shape) for key, (dtype, shape) in outputs.items()}
    if len(outputs) == 1:
        one_row, one_column = next(iter(row.values())), next(iter(columns.values()))
    else:
        one_row, one_column = _object(**row), _object(**columns)
    return [_object(predictions={"type": "array", "items": one_row}), _object(outputs=one_column)]


def _named(tensors: dict[str, Any], closed: bool) -> dict[str, Any]:
    """An object of all inputs; a single one may stand without its name."""
    named = _object(**tensors)
    if closed:
        named["additionalProperties"] = False
    return {"anyOf": [next(iter(tensors.values())), named]} if len(tensors) == 1 else named


def _input(name: str, dtype: np.dtype, shape: tuple[int | None, ...]) -> dict[str, Any]:
    """An input. An empty list hides the axes inside it, so every axis has an element, and a support a row."""
    return _nested(_element(dtype, bounded=True) | ({"minimum": 1} if name == "support_size" else {}), shape, 1)


def _tensor(dtype: np.dtype, shape: tuple[int | None, ...]) -> dict[str, Any]:
    """An output."""
    return _nested(_element(dtype, bounded=False), shape, 0)


def _nested(schema: dict[str, Any], shape: tuple[int | None, ...], least: int) -> dict[str, Any]:
    """Nested lists of elements, with at least `least` of them along each open axis."""
    for size in reversed(shape):
        bounds = {"minItems": least} if size is None else {"minItems": size, "maxItems": size}
        schema = {"type": "array", "items": schema} | bounds
    return schema


def _element(dtype: np.dtype, bounded: bool) -> dict[str, Any]:
    if dtype.kind == "f":
        largest = float(np.finfo(dtype).max)
        bounds = {"minimum": -largest, "maximum": largest} if bounded else {}  # an answer may be infinite
        return {"type": "number", "format": "float" if dtype.itemsize == 4 else "double"} | bounds
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return {"type": "integer", "format": dtype.name, "minimum": int(limits.min), "maximum": int(limits.max)}
    if dtype.kind == "b":
        return {"type": "boolean"}
    return {"anyOf": [{"type": "string"}, _object(b64={"type": "string", "contentEncoding": "base64"})]}


def _status() -> dict[str, Any]:
    status = _object(error_code={"type": "string"}, error_message={"type": "string"})
    version = {"type": "string", "pattern": "^[0-9]+$"}
    one = _object(version=version, state={"type": "string", "enum": list(_STATES)}, status=status)
    return _object(model_version_status={"type": "array", "items": one})


def _metadata() -> dict[str, Any]:
    spec = _object(name={"type": "string"}, signature_name={"type": "string"}, version={"type": "string"})
    signature_map = _object(signature_def={"type": "object", "additionalProperties": {"type": "object"}})
    return _object(model_spec=spec, metadata=_object(signature_def=signature_map))


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
