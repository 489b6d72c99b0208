"""A batch of tasks as arrays of one size: learned, grown or recalled, and asked, in one pass of each graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk import kept
from zoo.bulk.names import OOD_SCORE, PREDICTION, PROBABILITY, TASK
from zoo.bulk.ragged import lists_of
from zoo.datasets.tables.columns import Columns
from zoo.learners.labels import Given
from zoo.learners.learner import Support
from zoo.learners.outside import Outside
from zoo.learners.task_model import TaskModel
from zoo.utils.logits import softmax

Arrays = dict[str, np.ndarray]


@final
@dataclass(frozen=True)
class Batch:
    """Tasks whose arrays have the same axes.

    Attributes:
        rows: int64 `[B]`, their rows in the table.
        support: as `adapt` takes it; None where nothing is learned.
        query_x: float32 `[B, M, ...]`, zero-padded; M may be 0.
        counts: int64 `[B]`, how many queries each has.
        givens: how labels were given, of each task, or of all of them one.
        columns: of each task that reads a table the rule of its columns.
        known: arrays `[B, ...]` of tasks that were learned before, of what was kept of them, and from how many examples.
    """

    rows: np.ndarray
    support: Support | None
    query_x: np.ndarray
    counts: np.ndarray
    givens: Sequence[Given]
    columns: Sequence[Columns | None] = (None,)
    known: tuple[Arrays, Arrays, np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def one(self, at: int) -> "Batch":
        """One of its tasks."""
        part = slice(at, at + 1)
        known = self.known
        return Batch(
            self.rows[part],
            None if self.support is None else (self.support[0][part], self.support[1][part], self.support[2][part]),
            self.query_x[part],
            self.counts[part],
            self.givens[part] if len(self.givens) > 1 else self.givens,
            self.columns[part] if len(self.columns) > 1 else self.columns,
            None
            if known is None
            else ({n: v[part] for n, v in known[0].items()}, {n: v[part] for n, v in known[1].items()}, known[2][part]),
        )


def answered(learner: Any, batch: Batch, schema: pa.Schema) -> pa.Table:
    """The columns of answers that a schema names, of a batch, in its order.

    Args:
        learner: an `OnnxLearner`.
        batch: the tasks.
        schema: of the answers.
    """
    keep = TASK in schema.names
    learned, summary, sizes = _learned(learner, batch, keep)
    found: dict[str, pa.Array] = {}
    if keep:
        givens, rules = _each(batch.givens, len(batch)), _each(batch.columns, len(batch))
        found[TASK] = kept.column(schema.field(TASK).type, learned, summary, sizes, givens, rules)
    real = np.arange(batch.query_x.shape[1]) < batch.counts[:, None]
    shape = learner.labels.answer.sizes
    answers = (
        learner.graphs.apply(learned, batch.query_x) if real.any() else np.zeros([*real.shape, *(each or 1 for each in shape)])
    )
    kind = schema.field(PREDICTION).type
    if learner.tells_classes:
        ways = len(batch.givens[0].classes)
        logits = answers[..., :ways]
        names = np.array([list(given.classes) for given in _each(batch.givens, len(batch))], dtype=object)
        best = logits.argmax(axis=-1)
        chosen = np.take_along_axis(names, best, axis=1)
        found[PREDICTION] = lists_of(chosen[real], batch.counts, kind)
        found[PROBABILITY] = lists_of(softmax(logits).max(axis=-1)[real], batch.counts, schema.field(PROBABILITY).type)
        odd = -logits.max(axis=-1)
    else:
        flat = answers[real]
        found[PREDICTION] = lists_of(flat[:, 0] if answers.shape[-1] == 1 else flat, batch.counts, kind)
        odd = np.zeros(real.shape, np.float32)
    if OOD_SCORE in schema.names:
        if learner.reads_tables:
            odd = _outside(learner, batch, learned, sizes)
        found[OOD_SCORE] = lists_of(odd[real].astype(np.float32), batch.counts, schema.field(OOD_SCORE).type)
    return pa.table({name: found[name] for name in schema.names if name in found})


def _learned(learner: Any, batch: Batch, keep: bool) -> tuple[Arrays, Arrays, np.ndarray]:
    """Learned tasks, what is kept of their supports, and how many examples they were learned from."""
    if batch.support is None:
        assert batch.known is not None, "a batch has a support, or tasks that are known"
        return batch.known
    sizes = batch.support[2]
    if batch.known is not None:
        learned, summary, before = batch.known
        return (*learner.grown(learned, summary, before, batch.support), before + sizes)
    if keep and learner.summary_arrays():
        return (*learner.adapt_and_summarise(*batch.support), sizes)
    return learner.adapted(*batch.support), {}, sizes


def _outside(learner: Any, batch: Batch, learned: Arrays, sizes: np.ndarray) -> np.ndarray:
    """The out-of-distribution scores of rows of tables, float32 `[B, M]`."""
    found = np.full(batch.query_x.shape[:2], np.nan, np.float32)
    for at, rule in enumerate(_each(batch.columns, len(batch))):
        alone = {name: values[at : at + 1] for name, values in learned.items()}
        score = Outside.of(TaskModel(learner, alone, size=int(sizes[at]), columns=rule))
        if score is not None:
            found[at] = score.score(batch.query_x[at])
    return found


def _each(values: Sequence[Any], tasks: int) -> list[Any]:
    return list(values) if len(values) == tasks else list(values) * tasks
