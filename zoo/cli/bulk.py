"""Command `predict` for many tasks: `zoo predict NAME --tasks tasks/*.parquet --out answers/`, on all cores."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.cli.pictures import INVERT
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.bulk.job import Job, Report

# What goes with --tasks only.
WITH = ("learned", "update", "keep_tasks", "workers", "label", "pictures", "invert")
SHOWN = 5  # shards that could not be read are named


def refuse_options(options: argparse.Namespace) -> None:
    """Refuse what only many tasks take, for one."""
    given = [name for name in WITH if vars(options)[name] not in (None, False)]
    if given:
        raise ZooError(f"--{given[0].replace('_', '-')} goes with --tasks only; leave it out.")


def predict(options: argparse.Namespace) -> None:
    """Learn and answer the tasks of files, and say how many, how fast, and what was wrong with some."""
    from tqdm import tqdm

    from zoo.bulk import job as jobs
    from zoo.bulk.shards import total_of

    job = _job(options)
    total = total_of([shard for shard in job.shards if not shard.is_done])
    with tqdm(total=total, unit="task", unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        report = jobs.run(job, options.force, bar.update)
    _say(options, job, report)
    if report.failed:
        shown = "; ".join(f"{path}: {reason}" for path, reason in list(report.failed.items())[:SHOWN])
        more = f"; and {len(report.failed) - SHOWN} more" if len(report.failed) > SHOWN else ""
        raise ZooError(f"{len(report.failed)} of {len(job.shards)} shards could not be read and have no answers: {shown}{more}.")


def _job(options: argparse.Namespace) -> "Job":
    """What the options ask for.

    Raises:
        ZooError: for options that do not go together, or files that are not there.
    """
    if not options.out:
        raise ZooError("--tasks needs --out, a folder for the answers.")
    if (Path(options.task) / "task.json").exists():
        raise ZooError(f"{options.task} is one learned task, but --tasks has many; name the learner of them all (zoo list).")
    if options.update and not options.learned:
        raise ZooError("--update needs --learned, files of the tasks that are to grow; --keep-tasks writes them.")
    from zoo import bulk
    from zoo.bulk.job import Job
    from zoo.bulk.learned import LearnedTasks
    from zoo.bulk.names import CSV
    from zoo.bulk.shards import shards
    from zoo.bulk.workers import cores

    found = shards(options.tasks, options.out)
    keep = bool(options.keep_tasks or options.update)
    texts = [shard.path.name for shard in found if shard.path.suffix == CSV]
    if keep and texts:
        raise ZooError(f"{texts[0]}: its answers are a CSV, which holds no learned tasks; give the tasks as Parquet.")
    predictor = bulk.predictor(
        options.task,
        keep_tasks=keep,
        update=options.update,
        pictures=options.pictures or "",
        invert=INVERT[options.invert or "auto"],
    )
    learned = LearnedTasks(options.learned) if options.learned else None
    return Job(predictor, found, Path(options.out), learned, options.update, options.label, options.workers or cores())


def _say(options: argparse.Namespace, job: "Job", report: "Report") -> None:
    """The end of a job, in words or as JSON."""
    pace = report.tasks / report.seconds if report.seconds else 0.0
    if options.json:
        facts: dict[str, Any] = {
            "out": options.out,
            "tasks": report.tasks,
            "errors": report.errors,
            "warned": report.warned,
            "shards": report.shards,
            "already": report.already,
            "failed": report.failed,
            "seconds": round(report.seconds, 3),
            "tasks_per_second": round(pace, 1),
            "workers": job.workers,
        }
        print(json.dumps(facts, ensure_ascii=False))
        return
    there = f"; {report.already} were there already" if report.already else ""
    print(
        f"answered {report.tasks:,} tasks in {report.seconds:.1f} s, {pace:,.0f} a second on {job.workers} "
        f"{'process' if job.workers == 1 else 'processes'}: {_many(report.shards, 'shard')} in {options.out}{there}"
    )
    if report.errors:
        print(f"{_many(report.errors, 'task')} with an error, first {report.first_error}")
    if report.warned:
        print(f"zoo predict: {_many(report.warned, 'task')} warned of, first {report.first_warning}", file=sys.stderr)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
