"""The core of bulk: a table of tasks in, a table of answers out, a row for a row; it knows no engine, and no TensorFlow.

Tasks of plain numbers are checked all together and learned in batches; those with anything damaged, and all tasks of classes,
tables and pictures, are read one by one, as `learn` reads them, so that what is wrong with one is said as `learn` says it. Where
a batch fails its tasks are tried one by one, so that only the bad one is lost.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk import kept
from zoo.bulk.batch import Batch, answered
from zoo.bulk.examples import Examples
from zoo.bulk.grouping import by_length
from zoo.bulk.names import ERROR, QUERY_X, SUPPORT_X, SUPPORT_Y, TASK, TASK_ID
from zoo.bulk.ragged import Rows, is_list, numbers
from zoo.bulk.single import Reader, Single, batches_of
from zoo.learners.labels import Given
from zoo.utils.errors import ZooError, cut

AT_ONCE = 1 << 24  # bytes of examples that were read one by one and wait for their batch


@final
@dataclass(frozen=True)
class Answered:
    """What became of a table of tasks.

    Attributes:
        table: of answers, a row for each task in its order.
        errors: how many are rows with an error.
        warned: how many were warned of, such as of numbers outside the range of training; they are answered all the same.
        first_error, first_warning: in words; empty where there is none.
    """

    table: pa.Table
    errors: int
    warned: int
    first_error: str
    first_warning: str


@final
class Core:
    """Answers tables with one learner.

    Args:
        learner: an `OnnxLearner`.
        schema: of the answers.
        examples: reads what is no plain number.
    """

    def __init__(self, learner: Any, schema: pa.Schema, examples: Examples):
        self.learner, self.schema, self.examples = learner, schema, examples
        self._parts: list[tuple[np.ndarray, pa.Table]] = []
        self._problems: dict[int, str] = {}
        self._warned: dict[int, str] = {}

    def answer(self, table: pa.Table, doubles: np.ndarray, learned: pa.Array | None = None) -> Answered:
        """Answer a table.

        Args:
            table: of tasks.
            doubles: bool `[rows]`, whose id an earlier row has.
            learned: of each row the task that was learned before, null where it is not known; None where tasks are learned.

        Raises:
            ZooError: for columns of a type that no row of can be answered.
        """
        columns = {name: whole(table[name]) for name in table.column_names}
        ids = columns[TASK_ID]
        missing = ids.is_null().to_numpy(zero_copy_only=False)
        self._problems |= {int(row): f"{TASK_ID} is missing; give each task one of its own." for row in np.flatnonzero(missing)}
        for row in np.flatnonzero(doubles & ~missing):
            self._problems[int(row)] = (
                f"{TASK_ID} {cut(ids[int(row)].as_py())} is that of an earlier row; give each task its own."
            )
        rest = np.flatnonzero(~missing & ~doubles)
        if learned is None and self._are_plain(columns):
            rest = self._together(columns, rest)
        self._one_by_one(columns, rest, learned)
        return self._assembled(ids)

    def _are_plain(self, columns: dict[str, pa.Array]) -> bool:
        """Whether examples, labels and queries are numbers of fixed shapes, which are checked all together."""
        learner = self.learner
        shapes = (learner.example, learner.query, learner.labels.shape)
        plain = all(shape.numbers and len(shape.axes) < 3 and not shape.missing for shape in shapes)
        lists = all(name in columns and is_list(columns[name].type) for name in (SUPPORT_X, SUPPORT_Y, QUERY_X))
        return plain and lists and not learner.tells_classes

    def _together(self, columns: dict[str, pa.Array], rows: np.ndarray) -> np.ndarray:
        """Answer what is fine of plain numbers; return the rows that are not."""
        learner = self.learner
        shapes = {SUPPORT_X: learner.example, SUPPORT_Y: learner.labels.shape, QUERY_X: learner.query}
        x, y, query = (_numbers(name, columns[name], shape.numbers) for name, shape in shapes.items())
        fine = x.fine & y.fine & query.fine & (x.sizes == y.sizes) & (x.sizes > 0)
        if TASK not in self.schema.names:
            fine &= query.sizes > 0
        chosen = rows[fine[rows]]
        self._look_outside(x, query, chosen)
        sizes = {name: 4 * shape.numbers for name, shape in shapes.items()}
        for part in by_length(x.sizes[chosen], query.sizes[chosen], sizes[SUPPORT_X] + sizes[SUPPORT_Y], sizes[QUERY_X]):
            tasks = chosen[part]
            support = (
                x.dense(tasks, learner.example.axes),
                y.dense(tasks, learner.labels.shape.axes),
                x.sizes[tasks].astype(np.int32),
            )
            self._try(Batch(tasks, support, query.dense(tasks, learner.query.axes), query.sizes[tasks], [Given(flat=True)]))
        return rows[~fine[rows]]

    def _look_outside(self, x: Rows, query: Rows, tasks: np.ndarray) -> None:
        """Note which tasks have examples, or queries like them, outside the range of training."""
        limits = self.learner.input_range
        for each in (x, query) if limits is not None and self.learner.query == self.learner.example else ():
            low, high = limits[0] - 1e-5 * (limits[1] - limits[0]), limits[1] + 1e-5 * (limits[1] - limits[0])
            out = ((each.values < low) | (each.values > high)).any(axis=1)
            if out.any():
                upto = np.concatenate([[0], np.cumsum(out)])
                stops = each.starts[tasks] + each.sizes[tasks]
                for row in tasks[upto[stops] > upto[each.starts[tasks]]]:
                    self._warned.setdefault(int(row), f"numbers outside the range [{limits[0]:g}, {limits[1]:g}] of training")

    def _one_by_one(self, columns: dict[str, pa.Array], rows: np.ndarray, learned: pa.Array | None) -> None:
        reader = Reader(self.learner, self.examples, columns, TASK in self.schema.names)
        known = None if learned is None else kept.tasks(self.learner, learned)
        for read in self._in_portions(self._singles(reader, rows, known)):
            for batch in batches_of(self.learner, read):
                self._try(batch)
            self.examples.forget()

    def _singles(self, reader: Reader, rows: np.ndarray, known: list[kept.Kept | None] | None) -> Iterator[Single]:
        """Tasks read one by one; what is wrong with one is noted."""
        for row in map(int, rows):
            single = self._read(reader, row, known)
            if single is not None:
                yield single

    def _read(self, reader: Reader, row: int, known: list[kept.Kept | None] | None) -> Single | None:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UserWarning)
            try:
                return reader.read(row, None if known is None else reader.known(row, known[row]))
            except ZooError as error:
                self._problems[row] = str(error)
            except Exception as error:  # whatever a cell holds, it is one row with an error and no dead job
                self._problems[row] = f"{type(error).__name__}: {cut(error, 200)}"
            finally:
                if told:
                    self._warned[row] = str(told[0].message)
        return None

    def _in_portions(self, singles: Iterator[Single]) -> Iterator[list[Single]]:
        """As many tasks at once as memory may hold."""
        waiting: list[Single] = []
        size = 0
        for single in singles:
            waiting.append(single)
            size += single.nbytes
            if size > AT_ONCE:
                yield waiting
                waiting, size = [], 0
        if waiting:
            yield waiting

    def _try(self, batch: Batch) -> None:
        """Answer a batch; where that fails, its tasks one by one."""
        try:
            self._parts.append((batch.rows, answered(self.learner, batch, self.schema)))
        except Exception as error:  # of a graph, or of memory: one of the tasks is to blame, or each alone has room
            if len(batch) == 1:
                self._problems[int(batch.rows[0])] = f"{type(error).__name__}: {cut(error, 200)}"
                return
            for at in range(len(batch)):
                self._try(batch.one(at))

    def _assembled(self, ids: pa.Array) -> Answered:
        """Answers and errors in the order of the tasks."""
        bad = np.array(sorted(self._problems), np.int64)
        texts = [self._problems[int(row)] for row in bad]
        inner = pa.schema([field for field in self.schema if field.name not in (TASK_ID, ERROR)])
        damaged = pa.table([pa.nulls(len(bad), field.type) for field in inner], schema=inner)
        found = pa.concat_tables([*(part.cast(inner) for _, part in self._parts), damaged])
        errors = pa.concat_arrays([pa.nulls(len(found) - len(bad), pa.string()), pa.array(texts, pa.string())])
        order = np.argsort(np.concatenate([*(rows for rows, _ in self._parts), bad]), kind="stable")
        found = found.append_column(ERROR, errors).take(order).add_column(0, TASK_ID, ids).select(self.schema.names)
        first = f"task {cut(ids[int(bad[0])].as_py())}: {texts[0]}" if len(bad) else ""
        warned = sorted(set(self._warned) - set(self._problems))
        told = f"task {cut(ids[warned[0]].as_py())}: {self._warned[warned[0]]}" if warned else ""
        return Answered(found.cast(self.schema), len(bad), len(warned), first, told)


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece, without a dictionary of its values."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    found = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks or [pa.array([], column.type)])
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def _numbers(name: str, column: pa.Array, width: int | None) -> Rows:
    try:
        return numbers(column, width or 0)
    except ZooError as error:
        raise ZooError(f"column {name}: {error}") from None


def doubles_of(ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Of ids which an earlier one equals, bool `[rows]`; missing ones are no doubles."""
    codes = whole(ids).dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = np.ones(len(codes), bool)
    found[np.unique(codes, return_index=True)[1]] = False
    return found & (codes >= 0)
