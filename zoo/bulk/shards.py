"""Files of tasks, Parquet or CSV, read a portion after the other, and files of answers, each of the name of its tasks."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from zoo.bulk import long_form
from zoo.bulk.core import doubles_of
from zoo.bulk.names import CSV, FORMATS, GIVEN, SUPPORT_X, SUPPORT_Y, TASK_ID
from zoo.utils.errors import ZooError, listed

AT_ONCE = 2048  # tasks of a portion, which one process answers


@final
@dataclass(frozen=True)
class Shard:
    """One file of tasks, and the file of its answers."""

    path: Path
    out: Path

    @property
    def is_done(self) -> bool:
        """Whether its answers are there, and no older than it."""
        try:
            return self.out.stat().st_mtime_ns >= self.path.stat().st_mtime_ns
        except OSError:
            return False


@final
@dataclass(frozen=True)
class Portion:
    """Some tasks of a shard.

    Attributes:
        tasks: a row for each.
        doubles: bool `[rows]`, whose id an earlier task of the shard has.
        queries, counts: of a CSV the lines of its queries, and how many each task has; see `LongForm`.
    """

    tasks: pa.Table
    doubles: np.ndarray
    queries: pa.Table | None = None
    counts: np.ndarray | None = None


class Opened(Protocol):
    """A shard that is being read."""

    schema: pa.Schema
    rows: int

    def portions(self) -> Iterator[Portion]:
        """Its tasks in order."""

    def columns(self, answers: pa.Schema) -> pa.Schema:
        """What its file of answers holds, whose table of answers has the columns `answers`."""


def shards(given: Sequence[str], out: str) -> list[Shard]:
    """The shards that paths stand for: files, folders of files, and patterns such as `tasks/*.parquet`.

    Answers lie below `out` as the tasks lie below the folder that all of them share.

    Raises:
        ZooError: for a path that is not there, a file of another format, or none at all.
    """
    paths: list[Path] = []
    for each in given:
        path = Path(each)
        found = (
            sorted(path.rglob("*"))
            if path.is_dir()
            else [path]
            if path.exists()
            else [Path(name) for name in sorted(glob.glob(each))]
        )
        chosen = [file for file in found if file.suffix in FORMATS and file.is_file() and not file.name.startswith(".")]
        if not chosen:
            raise ZooError(
                f"--tasks {each}: {'no such file' if not found else 'no file of tasks'}; give files of {' or '.join(FORMATS)}."
            )
        paths += chosen
    paths = list(dict.fromkeys(path.resolve() for path in paths))
    base = Path(os.path.commonpath([path.parent for path in paths]))
    made = [Shard(path, Path(out) / path.relative_to(base)) for path in paths]
    inside = [shard.path for shard in made if shard.path.is_relative_to(Path(out).resolve())]
    if inside:
        raise ZooError(f"--out {out} holds the tasks {inside[0]}; give another folder for the answers.")
    return made


def opened(path: Path, learner: Any, label: str | None, learns: bool) -> Opened:
    """Open a shard.

    Args:
        path: of the file.
        learner, label, learns: see `long_form.read`.

    Raises:
        ZooError, OSError, pyarrow.ArrowInvalid: if it cannot be read.
    """
    return CsvShard(path, learner, label, learns) if path.suffix == CSV else ParquetShard(path, learns)


def total_of(shards: Sequence[Shard]) -> int | None:
    """How many tasks shards of Parquet have; None where that is not known before they are read."""
    try:
        return sum(pq.read_metadata(shard.path).num_rows for shard in shards)
    except (OSError, pa.ArrowException):
        return None


@final
class ParquetShard:
    """A file of Parquet, of which no more than a portion is in memory, and the ids while it is opened."""

    def __init__(self, path: Path, learns: bool = True):
        self._file = pq.ParquetFile(path)
        whole = self._file.schema_arrow
        if TASK_ID not in whole.names:
            raise ZooError(f"lacks the column {TASK_ID}; it has {listed(whole.names)}.")
        skipped = () if learns else (SUPPORT_X, SUPPORT_Y)
        self.schema = pa.schema([field for field in whole if field.name in GIVEN and field.name not in skipped])
        self.rows = self._file.metadata.num_rows

    def portions(self) -> Iterator[Portion]:
        """Its tasks in order."""
        doubles, at = doubles_of(self._file.read([TASK_ID])[TASK_ID]), 0
        for batch in self._file.iter_batches(AT_ONCE, columns=self.schema.names):
            table = pa.Table.from_batches([batch])
            yield Portion(table, doubles[at : at + len(table)])
            at += len(table)

    def columns(self, answers: pa.Schema) -> pa.Schema:
        """As the answers are."""
        return answers


@final
class CsvShard:
    """A CSV in long form, which is in memory as a whole, as the lines of a task may lie anywhere."""

    def __init__(self, path: Path, learner: Any, label: str | None, learns: bool):
        self._read = long_form.read(path, learner, label, learns)
        self.schema, self.rows = self._read.tasks.schema, len(self._read.tasks)

    def portions(self) -> Iterator[Portion]:
        """Its tasks in order."""
        read = self._read
        starts = np.concatenate([[0], np.cumsum(read.counts)])
        for at in range(0, self.rows, AT_ONCE):
            upto = min(at + AT_ONCE, self.rows)
            queries = read.queries.slice(starts[at], starts[upto] - starts[at])
            yield Portion(read.tasks.slice(at, upto - at), np.zeros(upto - at, bool), queries, read.counts[at:upto])

    def columns(self, answers: pa.Schema) -> pa.Schema:
        """A line for each query."""
        return long_form.schema(answers, self._read.queries.schema, self._read.labels)


@final
class Writer:
    """Writes the answers of one shard, in the format of its name."""

    def __init__(self, path: Path, columns: pa.Schema):
        self._columns = columns
        self._writer = csv.CSVWriter(path, columns) if path.suffix == CSV else pq.ParquetWriter(path, columns)

    def write(self, answers: pa.Table, portion: Portion) -> None:
        """Add the answers to a portion."""
        if portion.queries is not None and portion.counts is not None:
            answers = long_form.lines(answers, portion.queries, portion.counts, self._columns)
        self._writer.write_table(answers)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
