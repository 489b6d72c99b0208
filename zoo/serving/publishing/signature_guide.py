"""SIGNATURES.md: the purpose of each signature of a published model, its tensors, and a complete request."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tensorflow.core.framework import types_pb2

from zoo.export import labels
from zoo.learners.endpoint import Endpoint
from zoo.serving.publishing import warm_up
from zoo.serving.publishing.boundary import Signatures
from zoo.serving.wire import protocol

FILE, EXAMPLES = "SIGNATURES.md", "examples"
SIZES = {
    "tasks": 1,
    "support": 3,
    "query": 4,
    "candidates": 5,
    "places": 6,
}  # all different, so that sizes name the axes of an answer
SHOWN = 1500  # characters of a request or an answer that are printed in the guide
MOST_BYTES = 1_000_000  # of an example; requests of such a size should go by gRPC
DIGITS = 4
_TASK_MODEL = "Predict with the learned task inside this model, one row of the query at a time. No support is sent."
_PURPOSE = {
    "classify": "Classify each row of the query: `class` is the most likely class, `probability` that of each, in the order of "
    f"`{labels.EXTRA}/{labels.FILE}`, one class a line. A row is out of distribution, of none of these classes, where its "
    f"`ood_score` is above the number in `{labels.THRESHOLD}.txt` beside that file, if there is one.",
    "serving_default": "Learn each task from its support and predict its queries, in one request. The server keeps nothing.",
    "adapt": "Learn each task from its support. The answer is the learned task: store it, and send it to `apply`.",
    "apply": "Predict with a learned task, as `adapt` returned it, without its support.",
    "fine_tune": "As `serving_default`, with `steps` gradient steps on the support.",
    "influence": "The influence of each example of the support on the learned task, adding up to 1; 0 for padding.",
    "update": "Learn from new examples and a summary of the earlier ones, which are not sent again. Start with a summary of "
    "zeros and `summary_size` 0; then send the `updated_summary_…` of the last answer.",
    "query_scores": "Which candidate's label would inform the prediction at `target_x` most: the scores, and the index of the "
    "best. With server-side batching, take the largest score among your own candidates: `best` may point at padding.",
    "stream": "Answer streams: each example before its label, which helps with those after it. Padding at the end has no effect.",
    "rollout": "Learn each task, then predict `steps` steps from each query, each step from the earlier predictions.",
}
_BATCHED = (
    "All instances of one request have the same shapes: pad a shorter support with any finite rows, and send its number of real "
    "rows as `support_size`, from 1 to the rows of `support_x`; the other rows are ignored.\n\n"
    "With server-side batching, requests are padded to the longest of those that run together, and an answer may be longer than "
    "its request: cut it to your own number of queries, support rows, candidates or steps.\n\n"
)


class Tensor(NamedTuple):
    """A row of a table of tensors: `in` or `out`, its name, its type, and its axes by name or size."""

    way: str
    name: str
    kind: str
    axes: tuple[str, ...]


def write(
    folder: Path, name: str, endpoints: Mapping[str, Endpoint], definitions: Signatures, span: warm_up.Span = warm_up.SPAN
) -> None:
    """Write the guide and its requests, `examples/SIGNATURE.json`, beside a SavedModel.

    Args:
        folder: the SavedModel.
        name: that the model is served under.
        endpoints: the live ones; they give the answers.
        definitions: the exported signatures.
        span: lowest and highest number of an example.
    """
    (folder / EXAMPLES).mkdir()
    learned = {key: _rounded(value) for key, value in warm_up.learned_task(endpoints, SIZES, 0, span).items()}
    sections = []
    for signature in _in_order(definitions, endpoints):
        inputs = warm_up.draw(endpoints[signature], SIZES, 0, learned, span)
        outputs = {key: value.numpy() for key, value in endpoints[signature](**inputs).items()}
        body = request(signature, inputs)
        if len(body) <= MOST_BYTES:
            (folder / EXAMPLES / f"{signature}.json").write_text(body + "\n", encoding="utf-8")
        tensors = _tensors(endpoints[signature], definitions[signature], outputs)
        sections.append(_section(signature, tensors, _example(name, signature, body, outputs)))
    (folder / FILE).write_text("\n".join([_head(name, definitions, endpoints), *sections]), encoding="utf-8")


def request(signature: str, inputs: Mapping[str, np.ndarray]) -> str:
    """A request in row format: one instance for each task, or for each row of a task model's query."""
    rows = len(next(iter(inputs.values())))
    instances = [{key: _plain(value[row]) for key, value in inputs.items()} for row in range(rows)]
    return json.dumps({"signature_name": signature, "instances": instances})


def _head(name: str, definitions: Signatures, endpoints: Mapping[str, Endpoint]) -> str:
    listed = ", ".join(f"[`{signature}`](#{signature})" for signature in _in_order(definitions, endpoints))
    strings = any(tensor.dtype == types_pb2.DT_STRING for one in definitions.values() for tensor in one.outputs.values())
    names = ", except the names of classes in outputs, which are strings in UTF-8" if strings else ""
    by_task = any("support_size" in definition.inputs for definition in definitions.values())
    return (
        f"# Signatures of `{name}`\n\n{listed}\n\n"
        f"Every tensor is float32 or int32{names}; its first axis is the batch. Numbers must be finite: a server "
        "answers NaN with NaN and status 200. Requests go to "
        f"`POST /v1/models/{name}:predict` on port 8501, for one version to `/v1/models/{name}/versions/N:predict`, or by gRPC, "
        f"`Predict` on port 8500. Each instance below is one {'task' if by_task else 'row of the query'}; the commands run in "
        f"this folder.\n\n{_BATCHED if by_task else ''}"
    )


def _section(signature: str, tensors: list[Tensor], example: str) -> str:
    only = signature == "serving_default" and [tensor.name for tensor in tensors if tensor.way == "in"] == ["query_x"]
    purpose = _TASK_MODEL if only else _PURPOSE.get(signature, "A signature of this model alone.")
    rows = [f"| {way} | `{name}` | {kind} | `[{', '.join(axes)}]` |" for way, name, kind, axes in tensors]
    return "\n".join(
        [f"## {signature}\n", f"{purpose}\n", "| | tensor | type | shape |", "|---|---|---|---|", *rows, "", example]
    )


def _example(name: str, signature: str, body: str, outputs: Mapping[str, np.ndarray]) -> str:
    file, url = f"{EXAMPLES}/{signature}.json", f"http://localhost:8501/v1/models/{name}:predict"
    if len(body) > MOST_BYTES:
        return f"A request of {len(body):,} bytes in JSON, too long for an example; send it by gRPC.\n"
    shown = f"```json\n{body}\n```\n\n" if len(body) <= SHOWN else f"The request in `{file}` has {len(body):,} bytes.\n\n"
    answer = protocol.encode({"instances": []}, {key: _rounded(value) for key, value in outputs.items()}).decode()
    answered = f"\nThe answer, to {DIGITS} digits:\n\n```json\n{answer}\n```\n" if len(answer) <= SHOWN else ""
    return f"{shown}```sh\ncurl -d @{file} {url}\n```\n{answered}"


def _tensors(endpoint: Endpoint, definition: Any, outputs: Mapping[str, np.ndarray]) -> list[Tensor]:
    """Name the axes: those of inputs as the endpoint does, those of outputs by their sizes."""
    leading, *_ = endpoint.axes[next(iter(endpoint.inputs))]
    named = {size: axis for axis, size in {**SIZES, "steps": warm_up.STEPS}.items()}
    rows = []
    for name in endpoint.inputs:
        info = definition.inputs[name]
        axes = endpoint.axes.get(name, ())
        sizes = [dimension.size for dimension in info.tensor_shape.dim]
        dims = [axes[place] if size == -1 and place < len(axes) else size for place, size in enumerate(sizes)]
        rows.append(Tensor("in", name, _kind(info), tuple(map(str, dims))))
    for name in sorted(outputs):
        info, came = definition.outputs[name], outputs[name].shape
        fixed = [dimension.size for dimension in info.tensor_shape.dim] or [-1] * len(came)
        dims = [size if size != -1 else named.get(got, "any") for size, got in zip(fixed[1:], came[1:], strict=True)]
        rows.append(Tensor("out", name, _kind(info), (str(leading), *map(str, dims))))
    return rows


def _kind(info: Any) -> str:
    return {types_pb2.DT_FLOAT: "float32", types_pb2.DT_INT32: "int32", types_pb2.DT_STRING: "string"}[info.dtype]


def _in_order(definitions: Signatures, endpoints: Iterable[str]) -> list[str]:
    return [name for name in endpoints if name in definitions]


def _rounded(value: np.ndarray) -> np.ndarray:
    """Floats rounded to `DIGITS` significant digits; integers unchanged."""
    if value.dtype.kind != "f":
        return value
    return np.array([float(f"{number:.{DIGITS}g}") for number in value.ravel()], value.dtype).reshape(value.shape)


def _plain(value: np.ndarray) -> Any:
    """Nested lists of numbers, each in the fewest digits that identify its float32."""
    if value.dtype.kind != "f":
        return value.tolist()
    return np.array([float(str(number)) for number in value.ravel()], np.float64).reshape(value.shape).tolist()
