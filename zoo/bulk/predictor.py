"""A function from a table of tasks to a table of answers, which can be pickled and sent to the workers of any engine.

    predict = zoo.bulk.predictor("mela_sinusoid")
    predict(table)                                                     # pyarrow
    dataset.map_batches(predict, batch_format="pyarrow")               # Ray
    frame.mapInArrow(predict.batches, schema)                          # Spark

A worker needs this package, and none of the learner's files: its graphs travel with the function.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk import kept
from zoo.bulk.carried import CarriedLearner
from zoo.bulk.core import Answered, Core, doubles_of
from zoo.bulk.examples import Examples
from zoo.bulk.names import ERROR, OOD_SCORE, PREDICTION, PROBABILITY, QUERY_X, SUPPORT_X, SUPPORT_Y, TASK, TASK_ID
from zoo.bulk.ragged import is_list, is_text, leaf_of
from zoo.hub import prepared, registry
from zoo.learners.labels import Classes, Labels, Numbers
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils import backend, silence
from zoo.utils.errors import ZooError, cut, listed


@final
@dataclass(frozen=True)
class Predictor:
    """Learns and answers the tasks of a table: `task_id`, and lists `support_x`, `support_y`, `query_x`.

    Attributes:
        carried: the learner.
        keep_tasks: whether answers hold what was learned too, as the column `task`; a task may then have no query.
        pictures: the folder that relative paths of pictures start from.
        invert: whether to swap light and dark in pictures; None for what the border of each says.
    """

    carried: CarriedLearner
    keep_tasks: bool = False
    pictures: str = ""
    invert: bool | None = None

    def __call__(self, table: pa.Table) -> pa.Table:
        """The answers to a table, row for row: `task_id, prediction, [probability, ood_score], [task], error`.

        A task that cannot be learned or answered has its reason in `error`, and nothing else.

        Raises:
            ZooError: for a table that lacks a column, or has one of a type that no task of can be read.
        """
        return self.answer(table).table

    def answer(self, table: pa.Table, doubles: np.ndarray | None = None, learned: pa.Array | None = None) -> Answered:
        """As a call, and what became of the tasks; see `Core.answer`."""
        learner = self.carried.opened()
        schema = self.schema(table.schema, None if learned is None else learned.type)
        core = Core(learner, schema, Examples(learner, self.pictures, self.invert))
        return core.answer(table, doubles_of(table[TASK_ID]) if doubles is None else doubles, learned)

    def batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The answers to batches of tasks, as Spark's `mapInArrow` gives and takes them."""
        for batch in batches:
            yield from self(pa.Table.from_batches([batch])).to_batches()

    def schema(self, given: pa.Schema, learned: pa.DataType | None = None) -> pa.Schema:
        """Columns of the answers to a table of such columns.

        Args:
            given: of the table.
            learned: the type of tasks that were learned before, where some were.

        Raises:
            ZooError: if a column is missing.
        """
        learner = self.carried.opened()
        self._check(learner, given, learned is not None)
        label = _label_of(learner, given, learned)
        answer = pa.list_(pa.float32()) if learner.labels.shape.axes == (1,) else pa.list_(pa.list_(pa.float32()))
        scores = [PROBABILITY, OOD_SCORE] if label is not None else [OOD_SCORE] if learner.reads_tables else []
        return pa.schema(
            [
                (TASK_ID, given.field(TASK_ID).type),
                (PREDICTION, answer if label is None else pa.list_(label)),
                *((name, pa.list_(pa.float32())) for name in scores),
                *([(TASK, kept.type_of(learner, label))] if self.keep_tasks else []),
                (ERROR, pa.string()),
            ]
        )

    def _check(self, learner: OnnxLearner, given: pa.Schema, known: bool) -> None:
        """Refuse a table that lacks a column."""
        labels = learner.labels
        if not isinstance(labels, Numbers) and not (isinstance(labels, Classes) and not labels.within):
            raise ZooError(
                f"{learner.title} learns {type(labels).__name__}, and bulk numbers and classes only; learn task by task in "
                "Python."
            )
        support = SUPPORT_X in given.names or SUPPORT_Y in given.names or not known
        wanted = [TASK_ID, *([SUPPORT_X, SUPPORT_Y] if support else []), *([] if self.keep_tasks else [QUERY_X])]
        lacking = [name for name in wanted if name not in given.names]
        if lacking:
            raise ZooError(
                f"lacks the column {listed(lacking)}; it has {listed(given.names) or 'none'}, and {listed(wanted)} are read."
            )
        twice = [name for name in wanted if given.names.count(name) > 1]
        if twice:
            raise ZooError(f"has the column {listed(twice)} more than once; rename all but one.")


def predictor(
    name: str, *, keep_tasks: bool = False, update: bool = False, pictures: str = "", invert: bool | None = None
) -> Predictor:
    """The predictor of a learner: its graphs as ONNX, which are made where this is the first time, once, by TensorFlow.

    Args:
        name: an entry, or the path of a `model.keras`.
        keep_tasks, pictures, invert: see `Predictor`.
        update: whether tasks that were learned before are to grow.

    Raises:
        ZooError: for a name that stands for nothing, a model that learns no tasks, or one whose graphs do not leave TensorFlow.
    """
    known = prepared.load(name) or _made(name)
    if update and not known.can_update:
        raise ZooError(f"tasks of {known.title} cannot grow; learn them again from all examples, without --update.")
    graphs = ["adapt", "apply", *(["embed"] if known.in_halves else [])]
    graphs += ["update"] if update or (keep_tasks and known.summary_arrays()) else []
    learner = prepared.load(name, *graphs) or _made(name, *graphs)
    return Predictor(CarriedLearner.of(learner, *graphs), keep_tasks, pictures, invert)


def _made(name: str, *graphs: str) -> OnnxLearner:
    """A learner whose graphs are prepared now."""
    backend.check()
    silence.start_tensorflow()
    from zoo.learners.meta_learner import MetaLearner

    live = registry.load(name)
    if not isinstance(live, MetaLearner):
        raise ZooError(f"{name} is a {type(live).__name__}, which learns no tasks; `zoo show {name}` says what it is.")
    try:
        return prepared.prepare(live, *graphs)
    except ZooError as error:
        raise ZooError(
            f"the graphs of {name} could not be prepared as ONNX ({str(error).rstrip('.')}); learn one task after the other in "
            "Python instead."
        ) from None


def _label_of(learner: Any, given: pa.Schema, learned: pa.DataType | None) -> pa.DataType | None:
    """The type of a class; None where labels are numbers."""
    labels: Labels = learner.labels
    if not labels.are_classes:
        return None
    if learned is not None:
        return learned.field(kept.CLASSES).type.value_type
    kind = given.field(SUPPORT_Y).type
    leaf = leaf_of(kind)
    if is_list(kind) and (is_text(leaf) or pa.types.is_integer(leaf) or pa.types.is_boolean(leaf) or pa.types.is_floating(leaf)):
        return (
            pa.string()
            if is_text(leaf)
            else pa.int64()
            if pa.types.is_integer(leaf)
            else leaf
            if pa.types.is_boolean(leaf)
            else pa.float64()
        )
    raise ZooError(
        f"column {SUPPORT_Y} is one of {cut(kind)}; give the names of classes, a list of texts or whole numbers for each task."
    )
