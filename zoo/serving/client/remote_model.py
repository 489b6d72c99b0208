"""A served learner or task model: the methods of `zoo.learners` by a server's signatures, over any transport."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from zoo.serving.client import arrays
from zoo.serving.client.connection import Connection
from zoo.serving.client.metadata import Metadata, Signature
from zoo.serving.client.remote_task import RemoteTask, learned_again
from zoo.serving.client.transport import VersionStatus
from zoo.serving.steps import MOST_GRADIENT_STEPS
from zoo.utils import checks
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class Asked:
    """The answer of `ask`.

    Attributes:
        scores: float32 `[C]`, how strongly the prediction depends on each candidate's label; 0 for an example that is known.
        index: the candidate with the highest score, the first one where several tie.
        best: that candidate, as it was given.
    """

    scores: np.ndarray
    index: int
    best: Any


class RemoteModel:
    """A learner or a task model on a server. Safe for several threads; a context manager that closes its connections.

    At the first use it reads the server's metadata, and uses that version from then on: a task that one version learned means
    nothing to another. Where the server drops the version, requests that need no earlier task switch to the new one; `refresh`
    switches before. Metadata does not contain the range of training's numbers, so there are no warnings for examples outside it,
    as the library itself gives.

    Args:
        connection: to one model.
    """

    def __init__(self, connection: Connection):
        self.connection = connection

    @property
    def name(self) -> str:
        """The model's name."""
        return self.connection.transport.name

    @property
    def address(self) -> str:
        """The server's address."""
        return self.connection.transport.address

    @property
    def version(self) -> int:
        """The version in use."""
        return self.connection.metadata().version

    def signatures(self) -> dict[str, Signature]:
        """The model's signatures by name: inputs and outputs with their types and shapes."""
        return dict(self.connection.metadata().signatures)

    def status(self) -> list[VersionStatus]:
        """The states of the model's versions."""
        return self.connection.status()

    def refresh(self) -> int:
        """Read the metadata again and switch to the newest version, or to the one that the label points to now; returns it."""
        return self.connection.refresh().version

    def wait_until_available(self, timeout: float = 60.0) -> Self:
        """Wait until the server can answer; returns the client, for `Client(…).wait_until_available()`.

        Raises:
            TimedOutError: if it cannot after `timeout` seconds, with the last status.
        """
        self.connection.wait_until_available(timeout)
        return self

    def learn(
        self, x: Any, y: Any, *, keep: int | None = None, remember: Literal["examples", "summary"] = "examples"
    ) -> RemoteTask:
        """Learn one task from labelled examples.

        Args:
            x: examples `[N, *example_shape]`; a plain list of N numbers where an example is one number.
            y: labels `[N, label_width]`; a plain list of N numbers where a label is one number; where the model learns classes,
                the class of each, strings or whole numbers.
            keep: learn from this many of the most influential examples only; for models with `influence`.
            remember: what the task keeps on the client's side for `update`: its examples, which also allow `influence`, or the
                server's summary of them, whose size does not depend on their number; for models with `update`.

        Raises:
            ZooError: for wrong shapes, different lengths, no examples, NaN or infinity among them, `keep` below 1 or above N, or
                where the server's model cannot do it.
            ServerError: if no valid answer came.
        """
        rows = arrays.examples(self.connection.metadata(), x, y)
        flat = np.ndim(y) == 1
        if keep is not None:
            rows = rows.chosen(self._most_influential(rows, keep))
        return self.connection.current(lambda metadata: learned_again(self, metadata, [rows], [flat], remember)[0])

    def learn_many(
        self, supports: Sequence[tuple[Any, Any]], *, remember: Literal["examples", "summary"] = "examples"
    ) -> list[RemoteTask]:
        """Learn several tasks in one request; they may have different numbers of examples.

        Args:
            supports: `(x, y)` of each task, as for `learn`.
            remember: as for `learn`.
        """
        metadata = self.connection.metadata()
        rows = [arrays.examples(metadata, x, y) for x, y in supports]
        if not rows:
            raise ZooError("no tasks; pass at least one (x, y).")
        flat = [np.ndim(y) == 1 for _, y in supports]
        return self.connection.current(lambda metadata: learned_again(self, metadata, rows, flat, remember))

    def predict_many(self, tasks: Sequence[RemoteTask], queries: Sequence[Any]) -> list[np.ndarray]:
        """Predict with several tasks in one request.

        Args:
            tasks: learned by one version of this model.
            queries: new examples of each task, as for its `predict`; they may have different numbers of rows.
        """
        found = self.outputs_many(tasks, queries)
        return [arrays.named(task.classes, predicted) for task, predicted in zip(tasks, found, strict=True)]

    def outputs_many(self, tasks: Sequence[RemoteTask], queries: Sequence[Any]) -> list[np.ndarray]:
        """As `predict_many`, but logits `[M, ways]` for tasks of classes."""
        if not tasks or len(tasks) != len(queries) or len({task.version for task in tasks}) != 1:
            given = f"{len(tasks)} tasks of versions {sorted({task.version for task in tasks})} and {len(queries)} queries"
            raise ZooError(f"{given}; pass tasks of one version, and a query for each.")
        return self.connection.pinned(tasks[0].version, lambda metadata: arrays.apply(self.connection, metadata, tasks, queries))

    def learn_and_predict(self, x: Any, y: Any, query: Any, *, gradient_steps: int | None = None) -> np.ndarray:
        """Learn a task and predict with it in one request, without keeping the task: the cheapest for few small examples.

        Args:
            x, y: the examples, as for `learn`.
            query: new examples, as for a task's `predict`.
            gradient_steps: number of gradient steps on the examples, 0 to 1000; by default the learner's own. The server does not
                return fine-tuned tasks, so this is the only way to use them.

        Returns:
            float32 `[M, label_width]`, or `[M]` where `y` is a plain list; for classes the class of each, `[M]`.
        """
        steps = {} if gradient_steps is None else {"steps": np.array([_steps(gradient_steps)], np.int32)}

        def work(metadata: Metadata) -> np.ndarray:
            rows, query_x = arrays.examples(metadata, x, y), arrays.query(metadata, query)
            name = "fine_tune" if steps else "serving_default"
            inputs = {**rows.inputs(), "query_x": query_x[None], **steps}
            found = self.connection.call(metadata, name, inputs, ["prediction"])["prediction"][0]
            own = arrays.prediction(self.connection, metadata, found, len(query_x), rows.classes, np.ndim(y) == 1)
            return arrays.named(rows.classes, own)

        return self.connection.current(work)

    def predict(self, x: Any) -> np.ndarray:
        """Predict by a task model, which contains one learned task.

        Args:
            x: new examples `[M, *example_shape]`; a plain list of M numbers where an example is one number.

        Returns:
            float32 `[M, label_width]`; for a task of classes the name of each row's class, strings `[M]`.

        Raises:
            ZooError: if the server's model is a learner; its tasks predict: `client.learn(x, y).predict(x_new)`.
        """

        def work(metadata: Metadata) -> np.ndarray:
            if not metadata.is_task_model:
                raise ZooError(f"{self.name} is no task model; predict with a learned task: client.learn(x, y).predict(x_new).")
            named = "classify" in metadata.signatures
            return self._of_task(metadata, x, *(("classify", "class") if named else ("serving_default", "prediction")))

        return self.connection.current(work)

    def predict_proba(self, x: Any) -> np.ndarray:
        """The probabilities of the classes by a task model of classes, float32 `[M, ways]`; `x` as for `predict`.

        They are in the order of the task's `classes`; `assets.extra/labels.txt` in the model lists them, one a line.

        Raises:
            ZooError: if the server's model is no task of classes.
        """
        return self.connection.current(lambda metadata: self._of_task(metadata, x, "classify", "probability"))

    def influence(self, x: Any, y: Any) -> np.ndarray:
        """The influence of each example on the task learned from all of them, float32 `[N]`, adding up to 1.

        Raises:
            ZooError: as `learn`, and for a learner without influence.
        """
        return self.connection.current(
            lambda metadata: arrays.influence(self.connection, metadata, arrays.examples(metadata, x, y))
        )

    def ask(self, x: Any, y: Any, *, candidates: Any, at: Any) -> Asked:
        """Choose the example whose label would inform the prediction at one place most.

        Args:
            x, y: the known examples, as for `learn`.
            candidates: examples `[C, *example_shape]` that could be labelled; a plain list where an example is one number.
            at: one example, where the prediction matters; a plain number where an example is one.

        Raises:
            ZooError: as `learn`, and for a learner without `query_scores`.
        """

        def work(metadata: Metadata) -> np.ndarray:
            metadata.signature("query_scores")
            candidate_x, target_x = arrays.query(metadata, candidates, "candidates"), arrays.query(metadata, [at], "at")
            places = {"candidate_x": candidate_x[None], "target_x": target_x}
            inputs = {**arrays.examples(metadata, x, y).inputs(), **places}
            score = self.connection.call(metadata, "query_scores", inputs, ["score"])["score"][0]
            return arrays.cut(self.connection, "score", score, (len(candidate_x),))

        scores = self.connection.current(work)
        index = int(np.argmax(scores))  # not the server's `best`, which may point at padding where requests are batched
        return Asked(scores, index, np.asarray(candidates)[index])

    def close(self) -> None:
        """Close the connections; the client, and tasks that use it, cannot be used any more."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        known, chosen = self.connection.known, self.connection
        which = f"label {chosen.label!r}" if chosen.label is not None else "newest version" if chosen.version is None else ""
        version = f"version {known.version}" if known else which or f"version {chosen.version}"
        return f"<{type(self).__name__} of {self.name} at {self.address}, {version}>"

    def _of_task(self, metadata: Metadata, x: Any, signature: str, output: str) -> np.ndarray:
        query_x = checks.as_rows("x", x, metadata.signature(signature).inputs["query_x"].row(1, "query_x"))
        return self.connection.call(metadata, signature, {"query_x": query_x}, [output])[output]

    def _most_influential(self, rows: arrays.Examples, keep: int) -> np.ndarray:
        if not 1 <= keep <= len(rows.x):
            raise ZooError(f"keep={keep!r}, but there are {len(rows.x)} examples; keep between 1 and {len(rows.x)} of them.")
        share = self.connection.current(lambda metadata: arrays.influence(self.connection, metadata, rows))
        return np.sort(np.argsort(-share, kind="stable")[:keep])


def _steps(gradient_steps: Any) -> int:
    try:
        steps = operator.index(gradient_steps)
    except TypeError:
        steps = -1
    if not 0 <= steps <= MOST_GRADIENT_STEPS:
        raise ZooError(f"gradient_steps={gradient_steps!r}: pass a whole number of steps, 0 to {MOST_GRADIENT_STEPS}.")
    return steps
