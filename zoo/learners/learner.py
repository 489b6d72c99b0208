"""What a user meets of a learner, whatever runs its graphs: arrays in, checked; a task model out, which warns of what it misses.

Nothing here needs TensorFlow, so that a learned task answers on the command line as soon as its numbers are read.
"""

import abc
from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np

from zoo.datasets.tables.columns import Columns
from zoo.learners import tabulated
from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels import Given, Labels
from zoo.learners.left_out import LeftOut, leave_each_out
from zoo.learners.parts import in_parts
from zoo.learners.shape import Shape
from zoo.learners.stream import Stream
from zoo.learners.task_model import TaskModel
from zoo.utils import checks, ranges

LABEL_SLACK = 0.1  # share of the labels' range by which noise may leave it
Support = tuple[np.ndarray, np.ndarray, np.ndarray]


class Learner(abc.ABC):
    """Learns tasks from a user's arrays, by graphs that `MetaLearner` compiles and `OnnxLearner` reads from files.

    Attributes:
        title: its name in messages.
        origin: the entry or file that the weights came from, and their checksum; empty when trained by hand.
        input_range, label_range: lowest and highest number of training's examples and labels, where an entry tells.
        knows: what its tasks are, in words, where an entry tells.
        ood_threshold: the out-of-distribution score above which an example is of no class; infinity where none was measured.
        most_rows, most_classes: of a support, if it sets limits: of more rows some are drawn, more classes are refused.
        graphs: functions by name, among them `apply`.
    """

    ordered: ClassVar[bool] = False  # whether the order of a support means something
    reads_unlabelled: ClassVar[bool] = False
    most_rows: int | None = None
    most_classes: int | None = None
    in_halves: bool = False  # whether its graphs leave as an encoder and small heads, as a large encoder is better kept once

    title: str
    origin: dict[str, Any]
    input_range: tuple[float, float] | None
    label_range: tuple[float, float] | None
    knows: str
    ood_threshold: float
    graphs: Any

    @property
    @abc.abstractmethod
    def example(self) -> Shape:
        """Axes of one example."""

    @property
    def query(self) -> Shape:
        """Axes of one query; those of an example unless a learner says so."""
        return self.example

    @property
    @abc.abstractmethod
    def labels(self) -> Labels:
        """What a label is."""

    @property
    def tells_classes(self) -> bool:
        """Whether answers are logits of classes."""
        return self.labels.are_classes

    @property
    @final
    def reads_tables(self) -> bool:
        """Whether a user's examples are rows of any table, for which a rule of columns is made and kept with each task."""
        return self.example.is_table_row

    @abc.abstractmethod
    def learn(self, x: Any, y: Any, *, categorical: tabulated.Categorical = None) -> TaskModel:
        """Learn one task from labelled examples; see `MetaLearner.learn`."""

    @property
    @abc.abstractmethod
    def can_update(self) -> bool:
        """Whether its tasks learn from more examples without the old ones: it has `updated`, see `TaskModel.update`."""

    @abc.abstractmethod
    def task_arrays(self) -> Mapping[str, ArraySpec]:
        """The arrays of a learned task, by name."""

    @abc.abstractmethod
    def summary_arrays(self) -> Mapping[str, ArraySpec]:
        """The arrays that are kept of a support beside the learned task, by name; empty where nothing is."""

    def embedding_width(self) -> int:
        """Numbers of an embedding, where tasks answer embeddings that `graphs.embed` makes of examples; else 0."""
        return 0

    @abc.abstractmethod
    def adapt_and_summarise(self, support_x: Any, support_y: Any, support_size: Any) -> tuple[Any, Any]:
        """The learned task, and what a task model keeps of its support so that it can grow: nothing unless a learner says so."""

    @final
    def stream(self) -> Stream:
        """A new stream: push an example, get an answer, tell its label.

        Raises:
            ZooError: for a learner whose tasks cannot grow.
        """
        return Stream(self)

    @final
    def leave_each_out(self, x: Any, y: Any, *, at: Any = None, categorical: tabulated.Categorical = None) -> LeftOut:
        """Learn without each example in turn, in batches: what the others predict of it, and how much it counts.

        The columns of a table are read by the rule of all its rows, as `learn` makes it.

        Args:
            x, y, categorical: as for `learn`; at least 2 examples.
            at: where predictions are compared, as for `predict`; the examples themselves by default.

        Raises:
            ZooError: as `learn` and `predict`, and for a single example.
        """
        return leave_each_out(self, x, y, at, categorical)

    @final
    def learned_from(
        self, task: Any, summary: Any, given: Given, support: Support, size: int, columns: Columns | None = None
    ) -> TaskModel:
        """The task model of what was learned from `size` examples, of which `support` are the new ones; it warns of a misfit."""
        learned = TaskModel(self, arrays(task), given, arrays(summary), size, columns=columns)
        self._warn_of_misfit(learned, support)
        return learned

    @final
    def given(self, x: Any, y: Any, categorical: tabulated.Categorical = None) -> tuple[Given, Columns | None, Support]:
        """How a user gives the labels of a new task, and the columns of its examples, and both as its support, checked.

        Raises:
            ZooError: as `learn`.
        """
        if self.reads_tables:
            x, y, columns = tabulated.columns(self, x, y, categorical)
        else:
            tabulated.refuse_categorical(self, categorical)
            columns = None
        given = self.labels.given(y)
        return given, columns, self.support(x, y, given, columns)

    @final
    def support(self, x: Any, y: Any, given: Given, columns: Columns | None = None) -> Support:
        """A user's arrays as the support of one task, checked: what `adapt` takes; a table by the rule of its columns."""
        tabulated.refuse_classes(self, given)
        support_x = self.examples("x", x) if columns is None else columns.rows("x", x)
        support_y = self.labels.encode(y, given)
        checks.same_length(support_x, support_y)
        if not self.tells_classes:
            ranges.warn_outside("y", support_y, self.label_range, LABEL_SLACK)
        return support_x[None], support_y[None], np.array([len(support_x)], np.int32)

    @final
    def examples(self, name: str, values: Any) -> np.ndarray:
        """A user's array `name` as rows, checked; pictures of bytes, 0 to 255, become tones from 0 to 1.

        Raises:
            ZooError: for a wrong shape, no rows, or NaN or infinity among them.

        Warns:
            UserWarning: where a number lies outside `input_range`.
        """
        return self._rows(name, values, self.example, self.input_range)

    @final
    def queries(self, name: str, values: Any, columns: Columns | None = None) -> np.ndarray:
        """As `examples`, of queries, by the rule of a task's columns; the range is checked where they are like examples."""
        if columns is not None:
            return columns.rows(name, values)
        return self._rows(name, values, self.query, self.input_range if self.query == self.example else None)

    def _warn_of_misfit(self, task: TaskModel, support: Support) -> None:
        """Warn where a task misses the examples that it was learned from by far, as tasks of another kind than training's do."""
        if not self.knows or self.label_range is None or self.query != self.example:
            return
        low, high = self.label_range
        answers = in_parts(lambda part: self.graphs.apply(task.learned, part[None])[0], support[0][0], task.nbytes)
        missed = self.labels.missed_by_far(answers, support[1][0], high - low)
        if missed is not None:
            ranges.warn(
                f"the task misses its own examples by {missed:.2g} (root mean square): {self.title} "
                f"knows {self.knows}; what it predicts of anything else, or from too few examples, is unreliable."
            )

    def _rows(self, name: str, values: Any, shape: Shape, limits: tuple[float, float] | None) -> np.ndarray:
        rows = checks.as_rows(name, values, shape.sizes, shape.missing)
        if len(shape.sizes) == 3 and limits in (None, (0.0, 1.0)) and ranges.are_bytes(values, rows):
            rows = rows / ranges.BYTE
        ranges.warn_outside(name, rows, limits)
        return rows


def arrays(tensors: Any) -> dict[str, np.ndarray]:
    """Tensors by name as arrays."""
    return {name: np.asarray(value) for name, value in tensors.items()}
