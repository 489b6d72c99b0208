"""A job of bulk on one machine: shards of tasks in, shards of answers out, every task exactly once, however often it is killed.

    OUT/job.json          what the job is: learner, weights, options; a folder holds the answers of one job
    OUT/NAME.parquet      the answers to the shard NAME.parquet, written aside and renamed into place once they are whole

A shard whose answers are there is not answered again. One that cannot be read leaves no file, and the others are answered.
"""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk import output
from zoo.bulk.core import Answered, whole
from zoo.bulk.learned import LearnedTasks
from zoo.bulk.names import TASK_ID
from zoo.bulk.predictor import Predictor
from zoo.bulk.shards import Portion, Shard, Writer, opened
from zoo.bulk.workers import Workers
from zoo.utils import files, partial
from zoo.utils.errors import ZooError, cut


@final
@dataclass
class Report:
    """What a job did.

    Attributes:
        tasks, errors, warned: of this run; see `Answered`.
        shards, already: written now, and there before.
        failed: shards that could not be read, and why.
        first_error, first_warning: see `Answered`.
        seconds: of this run.
    """

    tasks: int = 0
    errors: int = 0
    warned: int = 0
    shards: int = 0
    already: int = 0
    failed: dict[str, str] = dataclasses.field(default_factory=dict)
    first_error: str = ""
    first_warning: str = ""
    seconds: float = 0.0

    def add(self, answered: Answered) -> None:
        """Count what became of a table of tasks."""
        self.tasks += len(answered.table)
        self.errors += answered.errors
        self.warned += answered.warned
        self.first_error = self.first_error or answered.first_error
        self.first_warning = self.first_warning or answered.first_warning


@final
@dataclass(frozen=True)
class Job:
    """What is to be done.

    Attributes:
        predict: the learner, and how it is asked.
        shards: of tasks.
        out: the folder of the answers.
        learned: tasks that were learned before, by which queries are answered, or which grow; None to learn each task.
        grows: whether they grow by the examples of the tasks.
        label: of CSV files the column of the labels.
        workers: processes.
    """

    predict: Predictor
    shards: list[Shard]
    out: Path
    learned: LearnedTasks | None = None
    grows: bool = False
    label: str | None = None
    workers: int = 1

    def facts(self) -> dict[str, Any]:
        """What makes it this job and no other."""
        origin = self.predict.carried.origin
        return {
            "learner": origin.get("name"),
            "sha256": origin.get("sha256"),
            "keep_tasks": self.predict.keep_tasks,
            "invert": self.predict.invert,
            "learned": None if self.learned is None else self.learned.digest,
            "update": self.grows,
            "label": self.label,
        }

    @property
    def learns(self) -> bool:
        """Whether the tasks bring examples."""
        return self.learned is None or self.grows


@final
@dataclass(frozen=True)
class _Step:
    """One step of a job: a shard begins, where it has `columns`; has some tasks; failed for a reason; or ends."""

    shard: Shard
    columns: pa.Schema | None = None
    portion: Portion | None = None
    reason: str = ""


class _DiscardedError(Exception):
    """Ends the block in which a file is written, so that it does not appear."""


def run(job: Job, force: bool = False, progress: Callable[[int], Any] = lambda tasks: None) -> Report:
    """Run a job, or go on with it.

    Args:
        job: see `Job`.
        force: whether to begin anew, and remove what answers are in its folder.
        progress: is told how many more tasks were answered.

    Raises:
        ZooError: if the folder holds something else, another process writes there, or it cannot be written.
    """
    begun, report = time.monotonic(), Report()
    with output.of_job(job.out, job.facts(), force):
        for place in {shard.out.parent for shard in job.shards}:
            partial.sweep(place)  # what a process left that was killed
        waiting = [shard for shard in job.shards if not shard.is_done]
        report.already = len(job.shards) - len(waiting)
        if waiting:
            with Workers(_Work(job.predict), job.workers) as workers:
                _write(workers.each(_steps(job, waiting)), report, progress)
    report.seconds = time.monotonic() - begun
    return report


@final
@dataclass(frozen=True)
class _Work:
    """What a process does with some tasks; what no task of a shard can be read for comes back as the error."""

    predict: Predictor

    def __call__(self, tasks: pa.Table, doubles: np.ndarray, learned: pa.Array | None) -> Answered | ZooError:
        try:
            return self.predict.answer(tasks, doubles, learned)
        except ZooError as error:
            return error


def _steps(job: Job, waiting: list[Shard]) -> Iterator[tuple[_Step, tuple[Any, ...] | None]]:
    """The steps of a job in order, and what a process is to do at each; None where there is nothing."""
    learner = job.predict.carried.opened()
    for shard in waiting:
        try:
            tasks = opened(shard.path, learner, job.label, job.learns)
            answers = job.predict.schema(tasks.schema, None if job.learned is None else job.learned.type)
            yield _Step(shard, columns=tasks.columns(answers)), None
            for portion in tasks.portions():
                learned = None if job.learned is None else job.learned.of(whole(portion.tasks[TASK_ID]))
                yield _Step(shard, portion=portion), (portion.tasks, portion.doubles, learned)
        except (OSError, ValueError, pa.ArrowException) as error:  # a `ZooError` is a ValueError
            yield _Step(shard, reason=cut(error, 300) or type(error).__name__), None
            continue
        yield _Step(shard), None


def _write(answers: Iterator[tuple[_Step, Any]], report: Report, progress: Callable[[int], Any]) -> None:
    """Write the answers of shards, one after the other."""
    failed: Shard | None = None
    with contextlib.ExitStack() as file:
        writer: Writer | None = None
        for step, answered in answers:
            reason = step.reason or (str(answered) if isinstance(answered, ZooError) else "")
            if step.shard is failed:
                continue
            if reason:
                failed, writer = step.shard, None
                report.failed[str(step.shard.path)] = reason
                with contextlib.suppress(_DiscardedError), file:
                    raise _DiscardedError
            elif step.columns is not None:
                writer = Writer(file.enter_context(files.written_aside(step.shard.out, force=True)), step.columns)
            elif step.portion is not None and writer is not None:
                writer.write(answered.table, step.portion)
                report.add(answered)
                progress(len(answered.table))
            elif writer is not None:
                writer.close()
                file.close()
                report.shards += 1
