"""From a user's arrays to what signatures take, and from answers to what a user wants: examples, queries, many tasks in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo import checks
from zoo.serving.client.connection import Connection
from zoo.serving.client.metadata import Metadata
from zoo.serving.client.transport import Arrays

if TYPE_CHECKING:
    from zoo.serving.client.remote_task import RemoteTask


@dataclass(frozen=True, eq=False)
class Examples:
    """The labelled examples of one task, checked: float32 `x [N, *example_shape]` and `y [N, label_width]`."""

    x: np.ndarray
    y: np.ndarray

    def inputs(self) -> Arrays:
        """As the support of one task."""
        return support([self])

    def chosen(self, rows: np.ndarray) -> "Examples":
        """Those of the given rows only."""
        return Examples(self.x[rows], self.y[rows])

    def and_more(self, more: "Examples") -> "Examples":
        """These, and after them more."""
        return Examples(np.concatenate([self.x, more.x]), np.concatenate([self.y, more.y]))


def examples(metadata: Metadata, x: Any, y: Any) -> Examples:
    """A user's examples and labels, checked against what `adapt` takes.

    Raises:
        ZooError: for wrong shapes, different lengths, no examples, NaN or infinity, or a model that learns nothing.
    """
    inputs = metadata.signature("adapt").inputs
    rows = Examples(
        checks.as_rows("x", x, inputs["support_x"].row(2, "support_x")),
        checks.as_rows("y", y, inputs["support_y"].row(2, "support_y")),
    )
    checks.same_length(rows.x, rows.y)
    return rows


def query(metadata: Metadata, values: Any, name: str = "x") -> np.ndarray:
    """A user's new examples `[M, *example_shape]`, checked against what `apply` takes; `name` is the argument's."""
    return checks.as_rows(name, values, metadata.signature("apply").inputs["query_x"].row(2, "query_x"))


def support(tasks: Sequence[Examples]) -> Arrays:
    """The support of several tasks; the shorter ones are padded with zeros, which `support_size` tells from examples."""
    sizes = [len(rows.x) for rows in tasks]
    return {
        "support_x": padded([rows.x for rows in tasks]),
        "support_y": padded([rows.y for rows in tasks]),
        "support_size": np.array(sizes, np.int32),
    }


def padded(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays `[n, ...]` of different n as one `[parts, largest n, ...]`, padded with zeros."""
    whole = np.zeros((len(parts), max(map(len, parts)), *parts[0].shape[1:]), parts[0].dtype)
    for place, part in zip(whole, parts, strict=True):
        place[: len(part)] = part
    return whole


def apply(connection: Connection, metadata: Metadata, tasks: Sequence["RemoteTask"], queries: Sequence[Any]) -> list[np.ndarray]:
    """Predictions of several tasks in one request, each of its own number of rows."""
    rows = [query(metadata, values) for values in queries]
    learned = {name: np.concatenate([task.learned[name] for task in tasks]) for name in tasks[0].learned}
    answer = connection.call(metadata, "apply", {**learned, "query_x": padded(rows)}, ["prediction"])["prediction"]
    return [
        prediction(connection, metadata, predicted, len(own), task.flat)
        for predicted, own, task in zip(answer, rows, tasks, strict=True)
    ]


def prediction(connection: Connection, metadata: Metadata, predicted: np.ndarray, rows: int, flat: bool) -> np.ndarray:
    """A task's own `rows` of a prediction, `[rows, label_width]`, or `[rows]` where its labels were a plain list."""
    width = metadata.signature("adapt").inputs["support_y"].row(2, "support_y")
    own = cut(connection, "prediction", predicted, (rows, *width))
    return own[:, 0] if flat else own


def influence(connection: Connection, metadata: Metadata, rows: Examples) -> np.ndarray:
    """The influence of the examples of one task, `[N]`."""
    share = connection.call(metadata, "influence", rows.inputs())["influence"][0]
    return cut(connection, "influence", share, (len(rows.x),))


def cut(connection: Connection, name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The rows that were asked for: a server that batches requests may pad an answer to the rows of the longest one.

    Raises:
        InvalidAnswerError: if there are fewer rows, or they have another shape.
    """
    own = array[: shape[0]]
    if own.shape != shape:
        raise connection.invalid(f"output {name!r} has shape {list(array.shape)}, but {list(shape)} was expected")
    return own
