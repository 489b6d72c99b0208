"""A task model: a learner and one task it has learned, ready to predict, to be saved, and to leave the library."""

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, final

import numpy as np

from zoo.datasets.tables.columns import Columns
from zoo.learners.importance import Importance, importance
from zoo.learners.labels import Given
from zoo.learners.outside import THRESHOLD, Outside
from zoo.learners.parts import in_parts
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

if TYPE_CHECKING:
    import keras

    from zoo.learners.asked import Asked
    from zoo.learners.endpoint import Endpoint

MOST_STEPS = 10_000  # of a rollout


@final
class TaskModel:
    """What a learner made of a support set.

    Args:
        learner: the learner that learned the task; a `Learner`.
        learned: the learned task, a flat dict of arrays `[1, ...]`.
        given: how the labels were given, and so how answers come back.
        summary: what a learner that reads a set kept of the support, arrays `[1, ...]`; empty for other learners.
        size: number of examples that the task was learned from.
        run: what answers queries `[M, ...]`; its learner's `apply` of the learned task by default.
        columns: of a learner that reads tables, how a row becomes numbers.
    """

    def __init__(
        self,
        learner: Any,
        learned: dict[str, np.ndarray],
        given: Given | None = None,
        summary: dict[str, np.ndarray] | None = None,
        size: int = 0,
        run: Callable[[np.ndarray], Any] | None = None,
        columns: Columns | None = None,
    ):
        self.learner = learner
        self.learned = learned
        self.given = given or Given()
        self.summary = summary or {}
        self.size = size
        self.columns = columns
        self._run = run or (lambda part: self.learner.graphs.apply(self.learned, part[None])[0])

    def __repr__(self) -> str:
        return f"<TaskModel of {self.learner.title}: {len(self.learned)} tensors, {self.nbytes:,} bytes>"

    @property
    def nbytes(self) -> int:
        """Size of the learned task in bytes."""
        return sum(value.nbytes for value in self.learned.values())

    @property
    def classes(self) -> tuple:
        """The classes in the order of the logits; empty where labels are no classes."""
        return self.given.classes

    @property
    def title(self) -> str:
        """A name for metadata and messages."""
        return f"task of {self.learner.title}"

    @property
    def weights_in_order(self) -> list["keras.Variable"]:
        """Variables of the learner that no task changes, such as an encoder, in the order they were built in."""
        return self.learner.weights_in_order

    @property
    def licence(self) -> str:
        """Licence and checksum of weights of somebody else's in the learner, in words; empty where there are none."""
        return getattr(self.learner, "licence", "")

    @property
    def input_range(self) -> tuple[float, float] | None:
        """Lowest and highest number of training; None where that is not known."""
        return self.learner.input_range

    @property
    def is_calibrated(self) -> bool:
        """Whether probabilities are calibrated, as far as a task can tell; how well they hold is on its learner's card.

        A task of an encoder of the user's own is not as long as nothing says how far examples of one class lie apart: neither a
        calibration, see `zoo.calibrate`, nor a class with two examples.
        """
        told = self.learned.get("calibrated")
        return told is None or bool(told[0] > 0.0)

    def predict(self, x: Any) -> np.ndarray:
        """Predict labels of new examples.

        Args:
            x: examples `[M, *query]`, or a plain list of M numbers where an example is one number; of a learner that reads
                tables a table with the columns that the task was learned from, found by name where both have names.

        Returns:
            Labels as they were given, float32 `[M, width]`, or `[M]` where they came as a plain list; the names of classes.

        Raises:
            ZooError: for a wrong shape, no rows, or NaN or infinity among them.

        Warns:
            UserWarning: where an example lies outside `input_range`.
        """
        return self.learner.labels.decode(self.answers(x), self.given)

    def logits(self, x: Any) -> np.ndarray:
        """A classifier's logits of new examples, float32 `[M, ways]`, in the order of `classes`; `x` as for `predict`.

        Raises:
            ZooError: as `predict`, and for a task that has no classes.
        """
        self._check_classes()
        return self.answers(x)[..., : len(self.classes)]

    def _check_classes(self) -> None:
        if not self.classes:
            raise ZooError(
                f"this task of {self.learner.title} has no classes, and so neither logits nor probabilities; use predict."
            )

    def predict_proba(self, x: Any) -> np.ndarray:
        """A classifier's probabilities of the classes, float32 `[M, ways]`, each row adding up to 1; otherwise as `logits`."""
        return softmax(self.logits(x))

    def ood_score(self, x: Any) -> np.ndarray:
        """How much each new example looks like nothing that the task was learned from, float32 `[M]`; `x` as for `predict`.

        Of classes it is minus the largest logit, in an export too: how much an example looks like none of them. For a
        prototypical network that is the squared distance to the nearest prototype over the task's temperature, which grows with
        the distances of the support's examples to their own classes. Of a table, with classes or numbers, it is how far the row
        lies outside the columns, see `zoo.learners.outside`. From `ood_threshold` on, no prediction is the better one.

        Raises:
            ZooError: as `logits`; tables with numbers to predict have a score too.
        """
        if self._outside is None:
            return -self.logits(x).max(axis=-1)
        return self._outside.score(self.learner.queries("x", x, self.columns))

    @property
    def ood_threshold(self) -> float:
        """The OOD score that 95 % of the examples of known classes, or of a table, stay below; infinity where not measured."""
        return self.learner.ood_threshold if self._outside is None else THRESHOLD

    @functools.cached_property
    def _outside(self) -> Outside | None:
        return Outside.of(self)

    def classify(self, x: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What `predict`, `predict_proba` and `ood_score` say of new examples, in one pass."""
        self._check_classes()
        rows = self.learner.queries("x", x, self.columns)
        logits = self.answers_to(rows)[..., : len(self.classes)]
        odd = -logits.max(axis=-1) if self._outside is None else self._outside.score(rows)
        return self.learner.labels.decode(logits, self.given), softmax(logits), odd

    def answers(self, x: Any) -> np.ndarray:
        """What the learner answers to new examples, float32 `[M, *answer]`: of classes the logits; `x` as for `predict`."""
        return self.answers_to(self.learner.queries("x", x, self.columns))

    def answers_to(self, rows: np.ndarray) -> np.ndarray:
        """As `answers`, of rows as the learner reads them, float32 `[M, *query]`, such as `columns.rows` makes of a table."""
        return in_parts(self._run, rows, self.nbytes)

    def importance(self, x: Any = None, y: Any = None, *, repeats: int = 10, seed: int = 0) -> Importance:
        """How much each column of the table counts in this task, all that is made of one column together.

        Without rows: the effect of each column on the answers, over rows drawn from what the task keeps of its columns, column by
        column. With rows, which best are new ones, also how much their error rises when a column is shuffled. Columns that
        say the same share what they say: each alone may look unimportant.

        Args:
            x, y: rows to shuffle, as for `predict`, and their labels, as for `learn`.
            repeats: how often each column is shuffled, 1 to 1,000.
            seed: of what is drawn and shuffled.

        Raises:
            ZooError: of a task that reads no table or keeps no quantiles of its columns, as `predict` and `learn`, for x without
                y, or other repeats.
        """
        return importance(self, x, y, repeats, seed)

    def rollout(self, x: Any, steps: int) -> np.ndarray:
        """Predict step after step, each from the predictions before it.

        Args:
            x: where to begin, `[M, *example]`.
            steps: how many steps, 1 to `MOST_STEPS`.

        Returns:
            float32 `[M, steps, width]`.

        Raises:
            ZooError: if the learner is not one of time series, for another number of steps, or as `predict`.
        """
        from zoo.learners.capabilities import rolls_out

        if not rolls_out.offered(self.learner):
            raise ZooError(f"{self.learner.title} has no rollout: its examples are not past outputs; use predict.")
        if not 1 <= steps <= MOST_STEPS:
            raise ZooError(f"steps={steps}: ask for 1 to {MOST_STEPS} steps.")
        roll = self.learner.graphs.rollout
        return in_parts(lambda part: roll(self.learned, part[None], [steps])[0], self.learner.queries("x", x), self.nbytes)

    @property
    def influence(self) -> np.ndarray:
        """How much each example of the support counted, float32 `[N]` in the order they came in; see `SetLearner.influence`.

        Raises:
            ZooError: for a task that holds no summary of its support.
        """
        from zoo.learners.capabilities import Influences

        if self.columns is not None:
            raise ZooError(
                f"this task of {self.learner.title} holds none of its rows, so it does not know their influence; give them to "
                "learner.leave_each_out(x, y), which learns without each in turn."
            )
        if not (isinstance(self.learner, Influences) and self.summary):
            raise keeps_nothing(self.learner.title, "influence")
        return self.learner.shares_of(self)

    def update(self, x: Any, y: Any) -> "TaskModel":
        """Learn from more examples besides those that this task was learned from, which are not needed again.

        Args:
            x, y: the new examples, as for the learner's `learn`; of a learner of classes some may be of classes that are new.

        Returns:
            A new task model, the same as one learned from all examples at once; gradient steps of this one are not carried over.

        Raises:
            ZooError: as `learn`, and for a task that keeps nothing to go on from.
        """
        if not (self.learner.can_update and (self.classes or self.summary)):
            raise keeps_nothing(self.learner.title, "update")
        return self.learner.updated(self, x, y)

    def ask(self, candidates: Any, *, at: Any = None, rule: str = "sensitivity") -> "Asked":
        """Which new example to label next: how much the label of each would tell this task of classes.

        Each candidate is tried under its likely classes. Where the learner knows what is of no class, that counts less.

        Args:
            candidates: examples `[C, *example]` that could be labelled, as for `predict`.
            at: examples where the answers matter; the candidates by default. Of more than 64 so many are compared.
            rule: "sensitivity", how far the answers scatter over the candidate's possible labels, weighed by their
                probabilities; "information", the mutual information of its label and theirs; "fall", the expected fall of their
                entropy; or of the candidate alone "entropy" or "margin" of its probabilities, or "distance", how little it is
                like any class.

        Raises:
            ZooError: as `predict`, for another rule, and for a task that cannot grow or has fewer than two classes.
        """
        return importlib.import_module("zoo.learners.asking").ask(self, candidates, at, rule)

    def head_only(self) -> Any:
        """The task without its encoder, to export in kilobytes: embeddings to logits, see `zoo.learners.halves`.

        The encoder leaves alone by `learner.encoder_only()`, once for all tasks.

        Raises:
            ZooError: for a task of a learner that has no encoder.
        """
        return importlib.import_module("zoo.learners.halves").head_of(self)

    def endpoints(self) -> dict[str, "Endpoint"]:
        """What every format of export can hold, by signature name; see `zoo.learners.task_endpoints`."""
        return _endpoints_of().endpoints(self)

    def served_endpoints(self) -> dict[str, "Endpoint"]:
        """Those of `endpoints`, and of a classifier `classify`, whose names only a SavedModel can hold."""
        return _endpoints_of().served_endpoints(self)


def keeps_nothing(learner: str, what: str) -> ZooError:
    """The error of a task, of a learner of that title, that holds no summary of its support."""
    return ZooError(
        f"this task of {learner} has no {what}: it holds no summary of its support; learners that read a set, as MeLA's entries "
        "do, keep one; learn it again from all examples together."
    )


def _endpoints_of() -> Any:
    """The module that makes them, which reads this one."""
    return importlib.import_module("zoo.learners.task_endpoints")
