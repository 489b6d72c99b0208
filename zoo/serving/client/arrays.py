"""A user's arrays to the inputs of signatures, and answers to what a user gets: examples, queries, several tasks in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from zoo.serving.client.connection import Connection
from zoo.serving.client.metadata import Metadata
from zoo.serving.client.transport import Arrays
from zoo.utils import checks
from zoo.utils.errors import ZooError


class Learned(Protocol):
    """What a prediction needs of a learned task: its arrays `[1, ...]`, its classes, and whether labels were a plain list."""

    @property
    def learned(self) -> Arrays:
        """The learned task, arrays `[1, ...]` by name."""

    @property
    def classes(self) -> tuple:
        """Where the model learns classes, those of the task, in the order of its logits."""

    @property
    def flat(self) -> bool:
        """Whether a prediction is `[M]` instead of `[M, 1]`."""


@dataclass(frozen=True, eq=False)
class Examples:
    """The labelled examples of one task, checked: float32 `x [N, *example_shape]` and `y [N, label_width]`.

    Where a model learns classes, `y` is one-hot over `classes`, in their order.
    """

    x: np.ndarray
    y: np.ndarray
    classes: tuple = ()

    def inputs(self) -> Arrays:
        """The support of one task."""
        return support([self])

    def chosen(self, rows: np.ndarray) -> "Examples":
        """The examples of these rows only."""
        return Examples(self.x[rows], self.y[rows], self.classes)

    def and_more(self, more: "Examples") -> "Examples":
        """These and more examples, whose classes begin with these classes, in the same order."""
        y = np.pad(self.y, [(0, 0), (0, more.y.shape[1] - self.y.shape[1])])
        return Examples(np.concatenate([self.x, more.x]), np.concatenate([y, more.y]), more.classes)


def examples(metadata: Metadata, x: Any, y: Any, known: tuple = ()) -> Examples:
    """A user's examples and labels, checked against what `adapt` takes; labels of classes become one-hot.

    Args:
        metadata: of the model.
        x, y: of the user.
        known: classes that come first, in this order; new ones follow, sorted.

    Raises:
        ZooError: for wrong shapes, different lengths, no examples, NaN or infinity, or a model that is no learner.
    """
    inputs = metadata.signature("adapt").inputs
    rows = checks.as_rows("x", x, inputs["support_x"].row(2, "support_x"))
    if metadata.learns_classes:
        labels = checks.as_labels("y", y)
        classes = (*known, *(label for label in np.unique(labels).tolist() if label not in known))
        checks.same_length(rows, labels)
        return Examples(rows, checks.one_hot(labels, classes), classes)
    labels = checks.as_rows("y", y, inputs["support_y"].row(2, "support_y"))
    checks.same_length(rows, labels)
    return Examples(rows, labels)


def query(metadata: Metadata, values: Any, name: str = "x") -> np.ndarray:
    """A user's new examples `[M, *example_shape]`, checked against what `apply` takes; `name` is the argument's."""
    return checks.as_rows(name, values, metadata.signature("apply").inputs["query_x"].row(2, "query_x"))


def support(tasks: Sequence[Examples]) -> Arrays:
    """The support of several tasks; shorter ones are padded with zeros behind their `support_size`.

    Where one task has fewer classes than another, it gets classes without examples, which are never predicted.
    """
    sizes = [len(rows.x) for rows in tasks]
    ways = max(rows.y.shape[1] for rows in tasks)
    return {
        "support_x": padded([rows.x for rows in tasks]),
        "support_y": padded([np.pad(rows.y, [(0, 0), (0, ways - rows.y.shape[1])]) for rows in tasks]),
        "support_size": np.array(sizes, np.int32),
    }


def padded(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays `[n, ...]` of different n as one `[parts, largest n, ...]`, padded with zeros."""
    whole = np.zeros((len(parts), max(map(len, parts)), *parts[0].shape[1:]), parts[0].dtype)
    for place, part in zip(whole, parts, strict=True):
        place[: len(part)] = part
    return whole


def apply(connection: Connection, metadata: Metadata, tasks: Sequence[Learned], queries: Sequence[Any]) -> list[np.ndarray]:
    """Predictions of several tasks in one request, each of its own number of rows; of classes, their logits.

    Raises:
        ZooError: for wrong queries, or tasks of classes that were learned in different requests and are of different sizes.
    """
    rows = [query(metadata, values) for values in queries]
    if len({tuple((name, array.shape) for name, array in sorted(task.learned.items())) for task in tasks}) > 1:
        raise ZooError("these tasks are of different sizes; learn them in one request, by learn_many, or predict one by one.")
    learned = {name: np.concatenate([task.learned[name] for task in tasks]) for name in tasks[0].learned}
    answer = connection.call(metadata, "apply", {**learned, "query_x": padded(rows)}, ["prediction"])["prediction"]
    return [
        prediction(connection, metadata, predicted, len(own), task.classes, task.flat)
        for predicted, own, task in zip(answer, rows, tasks, strict=True)
    ]


def prediction(
    connection: Connection, metadata: Metadata, predicted: np.ndarray, rows: int, classes: tuple, flat: bool
) -> np.ndarray:
    """A task's own `rows` of a prediction: `[rows, label_width]`, or `[rows]` where labels were a plain list of numbers."""
    if classes:  # batching on the server may have added classes
        return cut(connection, "prediction", predicted[:, : len(classes)], (rows, len(classes)))
    own = cut(connection, "prediction", predicted, (rows, *metadata.signature("adapt").inputs["support_y"].row(2, "support_y")))
    return own[:, 0] if flat else own


def named(classes: tuple, predicted: np.ndarray) -> np.ndarray:
    """The name of each row's class where there are classes, else the prediction itself."""
    return np.array(classes)[predicted.argmax(axis=1)] if classes else predicted


def influence(connection: Connection, metadata: Metadata, rows: Examples) -> np.ndarray:
    """The influence of the examples of one task, `[N]`."""
    share = connection.call(metadata, "influence", rows.inputs())["influence"][0]
    return cut(connection, "influence", share, (len(rows.x),))


def cut(connection: Connection, name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The rows of this request: a server that batches requests pads an answer to the rows of the longest one.

    Raises:
        InvalidAnswerError: if there are fewer rows, or they have another shape.
    """
    own = array[: shape[0]]
    if own.shape != shape:
        raise connection.invalid(f"output {name!r} has shape {list(array.shape)}, but {list(shape)} was expected")
    return own
