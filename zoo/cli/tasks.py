"""Commands for a user's own task: learn, predict, ask, update. Numbers in a CSV here; pictures in `zoo.cli.pictures`."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.cli import pictures, tabulated, vectors
from zoo.cli.output import one_line_warnings, say
from zoo.utils.errors import ZooError, listed

if TYPE_CHECKING:
    from zoo.learners.learner import Learner
    from zoo.learners.task_model import TaskModel
    from zoo.utils.tables import Table


def run_learn(options: argparse.Namespace) -> None:
    """Learn a task from a CSV, or from a folder of pictures."""
    from zoo.utils import files

    files.refuse_existing(options.out, options.force)
    with one_line_warnings(options):
        if options.embeddings:
            return vectors.learn(options)
        if options.name is None:
            raise ZooError("give the name of a learner (zoo list); only with --embeddings it may be left out.")
        if options.labels:
            raise ZooError("--labels goes with --embeddings only; leave it out.")
        if not Path(options.support).is_dir():
            return _learn_csv(options)
        tabulated.refuse_options(options)
        return pictures.learn(options)


def run_predict(options: argparse.Namespace) -> None:
    """Predict with a learned task, or learn and predict many tasks."""
    from zoo.cli import bulk, engine
    from zoo.utils import files

    if options.tasks:
        return bulk.predict(options)
    bulk.refuse_options(options)
    if options.out:
        files.refuse_existing(options.out, options.force)
    task = engine.task(options.task)
    with one_line_warnings(options):
        if task.columns:
            return tabulated.predict(options, task, tabulated.notes_of(options.task))
        if options.embeddings or (task.classes and vectors.is_of_vectors(options.task)):
            return vectors.predict(options, task)
        return pictures.predict(options, task) if task.classes else _predict_csv(options, task)


def run_ask(options: argparse.Namespace) -> None:
    """Say which new pictures to label next."""
    from zoo.cli import engine
    from zoo.learners import asking

    task = engine.task(options.task, update=True)
    asking.check(task, options.rule)
    with one_line_warnings(options):
        pictures.ask(options, task)


def run_update(options: argparse.Namespace) -> None:
    """Learn from more examples besides those of a learned task."""
    from zoo.cli import engine
    from zoo.hub import task_folder
    from zoo.utils import files

    files.refuse_existing(options.out, options.force, task_folder.OTHERS)
    task = engine.task(options.task, update=True)
    with one_line_warnings(options):
        if task.columns:
            return tabulated.update(options, task, tabulated.notes_of(options.task))
        if options.embeddings:
            return vectors.update(options, task)
        return pictures.update(options, task) if task.classes else _update_csv(options, task)


def _learn_csv(options: argparse.Namespace) -> None:
    from zoo.utils import tables

    if options.invert != pictures.AUTO:
        raise ZooError(f"--invert {options.invert} is about pictures, but {options.support} is no folder of them; leave it out.")
    table = tables.opened(options.support)
    learner = tabulated.learner_for(options, table)
    if learner.reads_tables:
        return tabulated.learn(options, table, learner)
    tabulated.refuse_options(options)
    _learn_numbers(options, table, learner)


def _learn_numbers(options: argparse.Namespace, table: "Table", learner: "Learner") -> None:
    """Learn a task from a table of numbers, of as many columns as the learner reads."""
    from zoo.cli import engine
    from zoo.hub import task_folder

    header = table.header
    if learner.tells_classes:
        raise ZooError(
            f"{options.name} learns classes of pictures, not columns; give a folder with a sub-folder of pictures for each class."
        )
    labels = learner.labels.shape.numbers or 0
    inputs = len(header) - labels
    if (inputs,) != learner.example.sizes:
        raise ZooError(
            f"{table.source} has {len(header)} columns ({listed(header)}), but {options.name} reads "
            f"{learner.example.sizes[0]} of examples followed by {labels} of labels; keep just these."
        )
    x, y = table.numbers(header[:inputs], learner.example.missing), table.numbers(header[inputs:])
    task = learner.learn(x, y)
    notes = {"examples": header[:inputs], "labels": header[inputs:], "rows": len(x)}
    task_folder.save(task, options.out, notes, options.force)
    engine.keep(learner)
    say(
        options,
        {"task": options.out, "rows": len(x), "bytes": task.nbytes},
        f"learned {options.out} from {len(x)} rows: {task.nbytes:,} bytes",
    )


def _update_csv(options: argparse.Namespace, task: "TaskModel") -> None:
    from zoo.hub import task_folder
    from zoo.utils import tables

    notes = _columns(options.task)
    table = tables.opened(options.support)
    more = task.update(table.numbers(notes["examples"], task.learner.example.missing), table.numbers(notes["labels"]))
    task_folder.save(more, options.out, notes | {"rows": more.size}, options.force)
    say(
        options,
        {"task": options.out, "rows": more.size, "bytes": more.nbytes},
        f"learned {options.out} from {more.size} rows, {more.size - task.size} of them new: {more.nbytes:,} bytes",
    )


def _predict_csv(options: argparse.Namespace, task: "TaskModel") -> None:
    from zoo.utils import tables

    notes = _columns(options.task)
    table = tables.opened(options.query)
    values = table.numbers(notes["examples"], task.learner.query.missing)
    predicted = task.predict(values).reshape(len(values), -1)
    if options.out or not options.json:
        header = table.header + [tables.unused(name, table.header) for name in notes["labels"]]
        rows = ([*row, *answer] for row, answer in zip(table.rows, predicted, strict=True))
        tables.write(options.out, header, rows, options.force)
    if options.json:
        print(json.dumps({name: predicted[:, column].tolist() for column, name in enumerate(notes["labels"])}))


def _columns(task: str) -> dict[str, Any]:
    """The notes of a task that was learned from a CSV, which name its columns."""
    from zoo.hub import task_folder

    notes = task_folder.notes(task)
    if "examples" not in notes:
        raise ZooError(f"{task} was not learned from a CSV, so its columns have no names; go on with it in Python.")
    return notes
