"""Tasks that are read one by one, as `learn` and `predict` read a user's arrays, and joined into batches where they fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk.batch import Arrays, Batch
from zoo.bulk.examples import Examples, labels_of
from zoo.bulk.grouping import by_length
from zoo.bulk.kept import Kept
from zoo.bulk.names import QUERY_X, SUPPORT_X, SUPPORT_Y, TASK_ID
from zoo.datasets.tables.columns import Columns
from zoo.learners.labels import Given
from zoo.learners.learner import Support
from zoo.learners.ways import pad_ways
from zoo.utils.errors import ZooError, cut


@final
@dataclass(frozen=True)
class Single:
    """One task, read and checked; see `Batch`, with an axis of one task in `support` and `known`, and none in `query_x`."""

    row: int
    support: Support | None
    query_x: np.ndarray
    given: Given
    columns: Columns | None
    known: tuple[Arrays, Arrays, int] | None

    @property
    def nbytes(self) -> int:
        """Of its examples and queries, and of what was learned before."""
        learned = sum(each.nbytes for each in self.known[0].values()) if self.known else 0
        return learned + self.query_x.nbytes + (self.support[0].nbytes if self.support else 0)

    @property
    def axes(self) -> tuple[Any, ...]:
        """What tasks of one batch have in common."""
        support = () if self.support is None else (self.support[0].shape[2:], self.support[1].shape[2:])
        known = [] if self.known is None else [each.shape for part in self.known[:2] for _, each in sorted(part.items())]
        return (*support, self.query_x.shape[1:], len(self.given.classes), tuple(known))


@final
class Reader:
    """Reads the tasks of a table.

    Args:
        learner: an `OnnxLearner`.
        examples: what reads examples.
        columns: of the table.
        may_be_silent: whether a task may have no queries, as what is learned is kept.
    """

    def __init__(self, learner: Any, examples: Examples, columns: dict[str, pa.Array], may_be_silent: bool):
        self.learner, self._examples, self._columns, self._may_be_silent = learner, examples, columns, may_be_silent

    def read(self, row: int, known: Kept | None) -> Single:
        """One task.

        Args:
            row: of the table.
            known: what was learned before, if tasks were.

        Raises:
            ZooError: for whatever `learn`, `update` or `predict` would refuse.
        """
        before: tuple[Arrays, Arrays, int] | None
        if known is None:
            x, y = self._support(row)
            given, columns, support = self.learner.given(x, y)
            before = None
        else:
            given, columns, support = known.given, known.columns, None
            before = known.learned, known.summary, known.size
            if SUPPORT_X in self._columns:
                given, support, before = self._more(row, known)
        return Single(row, support, self._queries(row, columns), given, columns, before)

    def known(self, row: int, task: Kept | None) -> Kept:
        """The task that was learned before.

        Raises:
            ZooError: if there is none.
        """
        if task is None:
            raise ZooError(
                f"{TASK_ID} {cut(self._columns[TASK_ID][row].as_py())} is not among the learned tasks; learn it first."
            )
        return task

    def _more(self, row: int, known: Kept) -> tuple[Given, Support, tuple[Arrays, Arrays, int]]:
        """More examples for a task, and the task with room for their classes."""
        x, y = self._support(row)
        if not self.learner.tells_classes:
            return known.given, self.learner.support(x, y, known.given, known.columns), (known.learned, known.summary, known.size)
        given = self.learner.labels.with_more(known.given, y)
        axes = {name: (None, *spec.names) for name, spec in self.learner.task_arrays().items()}
        wider = pad_ways(known.learned, axes, len(given.classes))
        return given, self.learner.support(x, y, given, known.columns), (wider, known.summary, known.size)

    def _support(self, row: int) -> tuple[Any, Any]:
        x, y = self._list(SUPPORT_X, row), self._list(SUPPORT_Y, row)
        return self._read(SUPPORT_X, x), labels_of(y, self.learner.tells_classes)

    def _queries(self, row: int, columns: Columns | None) -> np.ndarray:
        if self._may_be_silent and not self._asks(row):
            width = (columns.width,) if columns is not None else tuple(each or 0 for each in self.learner.query.sizes)
            return np.zeros([0, *width], np.float32)
        return self.learner.queries(QUERY_X, self._read(QUERY_X, self._list(QUERY_X, row)), columns)

    def _asks(self, row: int) -> bool:
        cell = self._columns[QUERY_X][row] if QUERY_X in self._columns else None
        return cell is not None and cell.is_valid and len(cell.values) > 0

    def _list(self, name: str, row: int) -> pa.Array:
        cell = self._columns[name][row]
        if not cell.is_valid:
            raise ZooError(f"{name} is missing (null); give a list.")
        values = cell.values
        return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values

    def _read(self, name: str, values: pa.Array) -> Any:
        try:
            return self._examples(name, values)
        except ZooError as error:
            raise ZooError(f"{name}: {error}") from None


def batches_of(learner: Any, singles: Sequence[Single]) -> Iterator[Batch]:
    """Tasks of like axes and length together."""
    alike: dict[tuple[Any, ...], list[Single]] = {}
    for single in singles:
        alike.setdefault(single.axes, []).append(single)
    for group in alike.values():
        support = np.array([0 if each.support is None else each.support[0].shape[1] for each in group])
        queries = np.array([len(each.query_x) for each in group])
        first = group[0]
        sizes = [0 if first.support is None else first.support[0][0, :1].nbytes + first.support[1][0, :1].nbytes]
        sizes.append(4 * int(np.prod(first.query_x.shape[1:])))
        for part in by_length(support, queries, *sizes):
            yield _joined([group[at] for at in part])


def _joined(group: Sequence[Single]) -> Batch:
    before = [each.known for each in group if each.known is not None]
    known = None
    if before:
        sizes = np.array([size for _, _, size in before], np.int32)
        known = _stacked([learned for learned, _, _ in before]), _stacked([summary for _, summary, _ in before]), sizes
    support = None
    if group[0].support is not None:
        parts = [each.support for each in group if each.support]
        support = (
            _padded([part[0][0] for part in parts]),
            _padded([part[1][0] for part in parts]),
            np.concatenate([part[2] for part in parts]),
        )
    return Batch(
        np.array([each.row for each in group]),
        support,
        _padded([each.query_x for each in group]),
        np.array([len(each.query_x) for each in group]),
        [each.given for each in group],
        [each.columns for each in group],
        known,
    )


def _stacked(parts: Sequence[Arrays]) -> Arrays:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _padded(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays `[n, ...]` as one `[B, longest, ...]`, zero-padded."""
    found = np.zeros([len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]], np.float32)
    for row, each in zip(found, arrays, strict=True):
        row[: len(each)] = each
    return found
