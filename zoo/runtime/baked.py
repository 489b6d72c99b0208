"""A learned task written into the graph that applies it: `query_x [M, ...] -> prediction [M, n]`, as a file of ONNX.

The graph that it is written into is a learner's `apply`, which a converter made once; here arrays become constants of it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.learners.task_model import TaskModel
from zoo.runtime import sessions
from zoo.utils.errors import ZooError

LARGEST = 1 << 18  # bytes of a graph that holds no weights worth sharing
ROWS = 7  # queries that a task model is compared on
TOLERANCE = 1e-4  # of the largest answer, and at least of 1
QUERY, ANSWER = "query_x", "prediction"
_MANY = "_of_tasks"  # what the names of the graph's own input and output get


def task_model(task: TaskModel, apply: Path) -> bytes:
    """A task model as ONNX; empty bytes where the graph holds an encoder, which is better kept once than in every task.

    Args:
        task: what was learned.
        apply: the file of its learner's `apply`.

    Raises:
        ZooError: if the model answers otherwise than the task.
    """
    if task.learner.in_halves or apply.stat().st_size > LARGEST:
        return b""
    model = bake(apply, task.learned, task.title)
    width = task.columns.width if task.columns else 3
    query = task.learner.query.random(np.random.default_rng(0), (ROWS,), task.input_range or (-1.0, 1.0), width)
    want = np.asarray(task.learner.graphs.apply(task.learned, query[None])[0])
    got = sessions.opened(model).run([ANSWER], {QUERY: query})[0]
    apart = float(np.abs(got - want).max()) / max(1.0, float(np.abs(want).max()))
    if not apart <= TOLERANCE:
        raise ZooError(f"{task.title} as ONNX answers {apart:.2g} apart from itself; please report it, with the examples.")
    return model


def bake(apply: Path, learned: Mapping[str, np.ndarray], title: str) -> bytes:
    """The bytes of a task model.

    Args:
        apply: the file of `apply`, `query_x [B, M, ...]` and a learned task to `prediction [B, M, n]`.
        learned: arrays `[1, ...]` by name.
        title: of the model, for its metadata.
    """
    import onnx
    from onnx import numpy_helper

    model, names = template(apply, title)
    model.graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in learned.items() if name in names
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def template(apply: Path, title: str) -> tuple[Any, frozenset[str]]:
    """The model of every task of a learner, whose constants, the learned arrays, are still to be added; and their names.

    Args:
        apply, title: as for `bake`.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(apply)
    graph = model.graph
    inputs = {value.name: value for value in graph.input}
    answer = next(value for value in graph.output if value.name == ANSWER)
    _rename(graph)
    axis = numpy_helper.from_array(np.array([0], np.int64), "axis_of_tasks")
    graph.initializer.append(axis)
    graph.node.insert(0, helper.make_node("Unsqueeze", [QUERY, axis.name], [QUERY + _MANY]))
    graph.node.append(helper.make_node("Squeeze", [ANSWER + _MANY, axis.name], [ANSWER]))
    for value in (inputs[QUERY], answer):
        del value.type.tensor_type.shape.dim[0]
    query, prediction = _copy(inputs[QUERY]), _copy(answer)
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.input.append(query)
    graph.output.append(prediction)
    graph.doc_string = title
    return model, frozenset(inputs) - {QUERY}


def _rename(graph: Any) -> None:
    """Rename the graph's own input and output wherever its nodes read or write them, within loops too."""
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [name + _MANY if name in (QUERY, ANSWER) else name for name in names]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _rename(attribute.g)


def _copy(value: Any) -> Any:
    copy = type(value)()
    copy.CopyFrom(value)
    return copy
