"""A stream: examples come one by one, each is answered before its label is told, and the label helps with those after it.

A. Santoro et al., "Meta-learning with memory-augmented neural networks", 2016, section 2: so people meet new classes.
"""

from typing import Any, Protocol, final

import numpy as np

from zoo.learners.task_model import TaskModel
from zoo.utils.errors import ZooError


class Grows(Protocol):
    """What a stream asks of a learner, see `zoo.learners.learner.Learner`."""

    title: str

    @property
    def can_update(self) -> bool:
        """Whether its tasks learn from more examples without the old ones."""

    @property
    def reads_tables(self) -> bool:
        """Whether examples are rows of any table."""

    def examples(self, name: str, values: Any) -> np.ndarray:
        """Examples, checked."""

    def learn(self, x: Any, y: Any) -> TaskModel:
        """Learn one task."""


@final
class Stream:
    """Answers, is told, and answers better; nothing is learned before the first label.

        stream = zoo.load("snail_omniglot").stream()
        stream.push(picture)    # None: it knows no class yet
        stream.tell("alpha")
        stream.push(other)      # "alpha", as far as it can know

    Args:
        learner: learns from one example more without the old ones.

    Raises:
        ZooError: for a learner whose tasks cannot grow.
    """

    def __init__(self, learner: Grows):
        if not learner.can_update:
            raise ZooError(f"{learner.title} learns from all examples at once, so it answers no stream; use learn(x, y).")
        self._learner = learner
        self._waiting: Any = None
        self.task: TaskModel | None = None
        self.size = 0

    def push(self, x: Any) -> Any:
        """The answer to one example `[...]`, as `TaskModel.predict` gives it; None before any label was told.

        An example that is still waiting for its label goes without one, and teaches nothing.

        Raises:
            ZooError: as `learn`, for an example that is none.
        """
        row = np.asarray(x)[None]
        if self.task is None:
            if not self._learner.reads_tables:
                self._learner.examples("x", row)
            self._waiting = row
            return None
        answer = self.task.predict(row)[0]
        self._waiting = row
        return answer

    def tell(self, label: Any) -> None:
        """The label of the example that was pushed last.

        Raises:
            ZooError: if there is none that waits for a label, and as `learn`, for a label that is none or a class too many.
        """
        if self._waiting is None:
            raise ZooError(f"label {label!r}: there is no example without a label; push one first.")
        labels = [label] if np.ndim(label) == 0 else np.asarray(label)[None]
        self.task = self._learner.learn(self._waiting, labels) if self.task is None else self.task.update(self._waiting, labels)
        self._waiting = None
        self.size += 1
