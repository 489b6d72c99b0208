"""Export a task model to C source for microcontrollers: one function, no heap, weights in int8.

The learned task becomes constants of the learner's `apply`, and the ONNX graph of that, for one query, is written as C.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeGuard

import numpy as np
import onnx as onnx_proto
import tensorflow as tf

from zoo.export import as_onnx, c_plan, c_source, columns, parity, quantization
from zoo.export.signatures import Exportable, exportable
from zoo.learners.endpoint import Endpoint
from zoo.learners.fitted import Fitted
from zoo.utils import files
from zoo.utils.errors import ZooError

KINDS = (quantization.PLAIN, "int8")


class Task(Exportable, Protocol):
    """A task model: a learned task, and its learner."""

    @property
    def learned(self) -> Mapping[str, np.ndarray]:
        """The learned task, arrays `[1, ...]` by name."""

    @property
    def learner(self) -> Exportable:
        """Its learner, whose endpoint `apply` predicts with any of its learned tasks."""


def c(model: Exportable | Fitted, path: str | Path, force: bool = False, quantize: str = "int8") -> dict[str, float]:
    """Export a task model to C99: `wave.c` and `wave.h` with `void wave_predict(const float *x, float *y)`.

    The source needs <math.h> only, no heap and no state. Its sizes, and its bytes of flash and RAM, are macros in the header.
    Weights are int8 with one scale for each output, except in small layers of other tasks than those of tables; those and all
    arithmetic are float32.

    Args:
        model: a task model, or a fitted estimator, whose network is a multi-layer perceptron on vectors.
        path: the source to make, e.g. `wave.c`, which names the function too. The header is made beside it.
        force: whether something already there may be replaced.
        quantize: the type that stores weights: "int8", or "float32".

    Returns:
        The largest difference from the live model by signature; NumPy runs the same steps to measure it.

    Raises:
        ZooError: if a file exists and `force` is false, its name is no identifier of C, `model` is no task model or one that C
            source does not support, `quantize` is unknown, or the export differs by more than `quantization.TOLERANCES`.
    """
    model = exportable(model)
    quantization.kind(quantize, KINDS, "C source")
    path = Path(path)
    if path.suffix.lower() != ".c" or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", path.stem):
        raise ZooError(f"{path}: C source needs a file name such as wave.c, which without .c begins the name of a function.")
    if not _is_task(model):
        raise ZooError(
            f"{model.title} is a learner, and C source is made from one learned task: learn one first "
            "(task = learner.learn(x, y), or zoo learn) and export the task."
        )
    beside = path.with_suffix(".h")
    with (
        columns.written_beside(model, path, force),
        files.written_aside(path, force, _others) as text,
        files.written_aside(beside, force, _others) as header,
    ):
        made = plan(model, quantize)
        differences = {
            name: quantization.check(model, name, runner(made), "C source", quantize, KINDS) for name in model.endpoints()
        }
        text.write_text(c_source.source(made, path.stem), encoding="utf-8")
        about = c_source.header(made, path.stem, f"a {model.title}", max(differences.values()))
        header.write_text(about, encoding="utf-8")
        return differences


def _others(path: Path) -> Path | None:
    """What source must not replace: all but the two files of an export, one of which is written beside the one that was named."""
    if not path.is_file():
        return files.other_than_a_file(path)
    with open(path, "rb") as file:
        return None if c_source.MADE.encode() in file.readline(10_000) else path


def plan(task: Task, quantize: str = "int8", apply: onnx_proto.GraphProto | None = None) -> c_plan.Plan:
    """The steps of a task model's prediction for one query; `apply` is its learner's `graph`, made here unless given.

    Raises:
        ZooError: if its graph has an operation that C source does not support.
    """
    saved = None if quantize == quantization.PLAIN else c_plan.SAVED_OF_STANDARDISED if task.columns else c_plan.SAVED
    return c_plan.make(apply or graph(task.learner, task), task.learned, task.title, saved)


def runner(made: c_plan.Plan) -> parity.Runner:
    """A plan as a function of named arrays."""
    return lambda inputs: {"prediction": made.run(inputs["query_x"].reshape(len(inputs["query_x"]), -1))}


def graph(learner: Exportable, task: Task | None = None) -> onnx_proto.GraphProto:
    """A learner's `apply` for one task and one query, the task's tensors among its inputs; of any size where a task has it."""
    endpoint = learner.endpoints()["apply"]
    known = {} if task is None else {name: list(value.shape) for name, value in task.learned.items()}
    if task is not None and task.columns:
        known["query_x"] = [1, 1, task.columns.width]
    sizes = {name: known.get(name, [size or 1 for size in spec.shape]) for name, spec in endpoint.inputs.items()}
    fixed = {name: tf.TensorSpec(sizes[name], spec.dtype) for name, spec in endpoint.inputs.items()}
    data = as_onnx.convert(Endpoint(endpoint.function, fixed, {}), "apply for one query")
    return onnx_proto.load_from_string(data).graph


def _is_task(model: Exportable) -> TypeGuard[Task]:
    return model.learned is not None
