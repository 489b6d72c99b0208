"""A learned task on the client's side: it is sent with every request, so that servers are stateless."""

import dataclasses
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zoo.serving.client import arrays
from zoo.serving.client.arrays import Examples
from zoo.serving.client.metadata import Metadata
from zoo.serving.client.task_client import TaskClient
from zoo.serving.client.transport import Arrays
from zoo.serving.steps import MOST_ROLLOUT_STEPS
from zoo.utils import files
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

FORMAT = 1
_BEFORE, _AFTER = "summary_", "updated_summary_"  # the names of a summary among the inputs and outputs of `update`


@dataclass(frozen=True, eq=False, repr=False)
class RemoteTask:
    """A task that a model on a server learned: plain data, to predict with through any client of the same model and version.

    Attributes:
        client: through which it predicts.
        model: the name of the model that learned it.
        version: the version that learned it. Requests name it, because any other version would answer without an error, and
            wrong. Once the server has dropped the version, they fail with a `NotFoundError`.
        learned: the learned task, arrays `[1, ...]` by name, as those of `zoo.learners.task_model.TaskModel`.
        flat: if true, `predict` returns `[M]` instead of `[M, 1]`.
        examples: those that it was learned from; None where it keeps a summary instead. `predict` never sends them.
        summary: the server's summary of the examples, arrays `[1, ...]` by name; empty where the examples are kept.
        size: the number of examples.
        classes: where the model learns classes, those of the task, in the order of its logits.
    """

    client: TaskClient
    model: str
    version: int
    learned: Arrays
    flat: bool = False
    examples: Examples | None = None
    summary: Arrays = field(default_factory=dict)
    size: int = 0
    classes: tuple = ()

    def __repr__(self) -> str:
        return f"<RemoteTask of {self.model}, version {self.version}: {self.size} examples, {self.nbytes:,} bytes>"

    @property
    def nbytes(self) -> int:
        """Size of the learned task in bytes."""
        return sum(value.nbytes for value in self.learned.values())

    def predict(self, x: Any) -> np.ndarray:
        """Predict labels of new examples.

        Args:
            x: examples `[M, *example_shape]`, or a plain list of M numbers where an example is one number.

        Returns:
            float32 `[M, label_width]`, or `[M]` where the task was learned from a plain list of labels; of a task of classes the
            class of each, `[M]`, as it was named.

        Raises:
            ZooError: for a wrong shape, no rows, or NaN or infinity among them; nothing is sent then.
            NotFoundError: if the server dropped the version that learned the task; use `learn_again`.
            ServerError: if no valid answer came.
        """
        return arrays.named(self.classes, self._outputs(x))

    def logits(self, x: Any) -> np.ndarray:
        """Logits of new examples by a task of classes, float32 `[M, ways]`, in the order of `classes`; `x` as for `predict`.

        Raises:
            ZooError: as `predict`, and for a task that has no classes.
        """
        if not self.classes:
            raise ZooError(f"this task of {self.model} has no classes, and so neither logits nor probabilities; use predict.")
        return self._outputs(x)

    def predict_proba(self, x: Any) -> np.ndarray:
        """The probabilities of the classes, float32 `[M, ways]`, each row adding up to 1; otherwise as `logits`."""
        return softmax(self.logits(x))

    def rollout(self, x: Any, steps: int) -> np.ndarray:
        """Predict step after step, each from the earlier predictions, by a learner of time series.

        The server learns the task and rolls it out in one request, so the examples are sent.

        Args:
            x: where to begin, `[M, *example_shape]`.
            steps: how many steps, 1 to `MOST_ROLLOUT_STEPS`.

        Returns:
            float32 `[M, steps, label_width]`.
        """
        if not 1 <= steps <= MOST_ROLLOUT_STEPS:
            raise ZooError(f"steps={steps}: pass 1 to {MOST_ROLLOUT_STEPS} steps.")
        support, connection = self._examples("rollout").inputs(), self.client.connection

        def work(metadata: Metadata) -> np.ndarray:
            metadata.signature("rollout")
            query_x = arrays.query(metadata, x)
            inputs = {**support, "query_x": query_x[None], "steps": np.array([steps], np.int32)}
            path = connection.call(metadata, "rollout", inputs, ["path"])["path"][0]
            width = metadata.signature("rollout").inputs["support_y"].row(2, "support_y")
            path = path[:, :steps]  # it has more steps where it was batched with longer rollouts
            return arrays.cut(connection, "path", path, (len(query_x), steps, *width))

        return connection.pinned(self.version, work)

    @property
    def influence(self) -> np.ndarray:
        """The influence of each example on the task, float32 `[N]`, adding up to 1.

        Raises:
            ZooError: for a learner without influence, or a task that keeps a summary instead of its examples.
        """
        rows, connection = self._examples("influence"), self.client.connection
        return connection.pinned(self.version, lambda metadata: arrays.influence(connection, metadata, rows))

    def update(self, x: Any, y: Any) -> "RemoteTask":
        """Learn from new examples in addition to those of this task.

        A task that keeps its examples sends all of them; one that keeps a summary sends the summary and the new examples.

        Args:
            x, y: the new examples, as for `learn`.

        Returns:
            A new task, equal to one learned from all examples at once.
        """

        def work(metadata: Metadata) -> "RemoteTask":
            more = arrays.examples(metadata, x, y, self.classes)
            if self.examples is None:
                known = self.summary, np.array([self.size], np.int32)
                return _summarised(self.client, metadata, [more], [self.flat], *known)[0]
            return learned_again(self.client, metadata, [self.examples.and_more(more)], [self.flat], "examples")[0]

        return self.client.connection.pinned(self.version, work)

    def learn_again(self) -> "RemoteTask":
        """Learn the same examples by the version that the client uses now: the newest one, unless it was made for another."""
        rows, client = self._examples("learn_again"), self.client
        client.refresh()
        return client.connection.current(lambda metadata: learned_again(client, metadata, [rows], [self.flat], "examples")[0])

    def using(self, client: TaskClient, *, any_version: bool = False) -> "RemoteTask":
        """The same task through another client: another replica, or gRPC instead of REST.

        Args:
            client: of the same model.
            any_version: let the client's version apply the task although another one learned it. Only for a version with the same
                weights, published again: any other gives wrong answers without an error.

        Raises:
            ZooError: if the client's model has another name, unless `any_version` is true.
        """
        if any_version:
            return dataclasses.replace(self, client=client, model=client.name, version=client.version)
        if client.name != self.model:
            raise ZooError(
                f"this task was learned by {self.model}, and {client!r} is a client of another model; learn the task "
                "there, or pass any_version=True where both models have the same weights."
            )
        return dataclasses.replace(self, client=client)

    def save(self, path: str | Path, force: bool = False) -> None:
        """Save the task as one file of arrays (npz) without pickled objects.

        Args:
            path: file to write.
            force: whether something already there may be replaced.

        Raises:
            ZooError: if it exists and `force` is false.
        """
        about = {"format": FORMAT, "model": self.model, "version": self.version, "flat": self.flat, "size": self.size}
        about["classes"] = list(self.classes)
        held = {f"learned/{name}": value for name, value in self.learned.items()}
        held |= {f"summary/{name}": value for name, value in self.summary.items()}
        if self.examples is not None:
            held |= {"examples/x": self.examples.x, "examples/y": self.examples.y}
        with files.written_aside(path, force) as aside, open(aside, "wb") as file:
            np.savez(file, allow_pickle=False, about=np.array(json.dumps(about)), **held)

    @classmethod
    def load(cls, path: str | Path, client: TaskClient) -> "RemoteTask":
        """Load a saved task.

        Args:
            path: a file that `save` made.
            client: of the model that learned it.

        Raises:
            ZooError: if the file is no complete task, or one of another model.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as held:
                about = json.loads(str(held["about"]))
                parts = {part: _part(held, f"{part}/") for part in ("learned", "summary", "examples")}
            if about["format"] != FORMAT:
                raise ValueError(f"its format is {about['format']}, and {FORMAT} is the newest known")
            classes = tuple(about.get("classes", ()))  # a file of before there were classes has none
            rows = Examples(parts["examples"]["x"], parts["examples"]["y"], classes) if parts["examples"] else None
            place = client, about["model"], int(about["version"])
            kept = rows, parts["summary"], int(about["size"])
            task = cls(*place, parts["learned"], bool(about["flat"]), *kept, classes)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ZooError(f"{path} holds no complete task ({error}); learn it again, and save it by task.save(path).") from None
        return task.using(client)

    def _outputs(self, x: Any) -> np.ndarray:
        connection = self.client.connection
        return connection.pinned(self.version, lambda metadata: arrays.apply(connection, metadata, [self], [x])[0])

    def _examples(self, what: str) -> Examples:
        if self.examples is None:
            raise ZooError(f"this task of {self.model} has no {what}: it keeps a summary; learn it with remember='examples'.")
        return self.examples


def learned_again(
    client: TaskClient, metadata: Metadata, rows: Sequence[Examples], flat: Sequence[bool], remember: str
) -> list[RemoteTask]:
    """Learn several tasks from all of their examples in one request.

    Raises:
        ZooError: for another `remember` than "examples" or "summary", or where the model makes no summaries.
    """
    if remember == "summary":
        return _summarised(client, metadata, rows, flat, *_nothing(metadata, len(rows)))
    if remember != "examples":
        raise ZooError(f"remember={remember!r}: pass 'examples' or 'summary'.")
    names = metadata.task_names
    learned = client.connection.call(metadata, "adapt", arrays.support(rows), names)
    return [
        RemoteTask(
            *(client, client.name, metadata.version, _one(learned, names, index)),
            *(one and not own.classes, own),
            size=len(own.x),
            classes=own.classes,
        )
        for index, (own, one) in enumerate(zip(rows, flat, strict=True))
    ]


def _summarised(
    client: TaskClient,
    metadata: Metadata,
    rows: Sequence[Examples],
    flat: Sequence[bool],
    summary: Arrays,
    size: np.ndarray,
) -> list[RemoteTask]:
    """Learn several tasks by `update`, from the summaries of their earlier examples and new examples."""
    before = {f"{_BEFORE}{name}": part for name, part in summary.items()}
    answer = client.connection.call(metadata, "update", {**before, f"{_BEFORE}size": size, **arrays.support(rows)})
    place, names = (client, client.name, metadata.version), metadata.task_names
    after = {name: answer[f"{_AFTER}{name}"] for name in summary}
    return [
        RemoteTask(*place, _one(answer, names, index), one, None, _one(after, tuple(after), index), int(size[index]) + len(own.x))
        for index, (own, one) in enumerate(zip(rows, flat, strict=True))
    ]


def _nothing(metadata: Metadata, tasks: int) -> tuple[Arrays, np.ndarray]:
    """The summaries of no examples: with size 0 their numbers are ignored."""
    inputs = metadata.signature("update").inputs
    names = [name for name in inputs if name.startswith(_BEFORE) and name != f"{_BEFORE}size"]
    if not names:
        raise ZooError(f"{metadata.name} makes no summaries of examples; learn with remember='examples'.")
    empty = {
        name.removeprefix(_BEFORE): np.zeros((tasks, *inputs[name].row(1, name)), inputs[name].dtype) for name in sorted(names)
    }
    return empty, np.zeros(tasks, np.int32)


def _one(many: Arrays, names: Sequence[str], index: int) -> Arrays:
    """One task's arrays `[1, ...]` out of those of many; a copy, so that the others can be freed."""
    return {name: many[name][index : index + 1].copy() for name in names}


def _part(held: Any, start: str) -> Arrays:
    return {name.removeprefix(start): held[name] for name in held.files if name.startswith(start)}
