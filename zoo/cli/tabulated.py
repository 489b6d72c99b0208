"""Commands for tasks of any table: rows of a CSV whose columns are numbers, texts, dates and gaps, learned and predicted."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.cli.output import say
from zoo.utils.errors import ZooError, cut, listed

if TYPE_CHECKING:
    from zoo.datasets.tables.given_table import GivenTable
    from zoo.learners.learner import Learner
    from zoo.learners.task_model import TaskModel
    from zoo.utils.tables import Table

CLASSES, NUMBERS = "classification", "regression"
OF_NUMBERS = {"tabular": "tabular_regression"}  # for each entry that learns classes of rows the one that learns their numbers
MOST_CLASSES = 10  # whole numbers of more kinds than this are numbers, and no names of classes
OPTIONS = {"label": "--label", "task": "--task", "categorical": "--categorical"}


def learner_for(options: argparse.Namespace, table: "Table") -> "Learner":
    """The learner of a table: the one that was named, or of two entries that differ in their labels the one that fits."""
    from zoo.cli import engine

    pairs = {*OF_NUMBERS.items()}
    pair = next((pair for pair in pairs if options.name in pair), None)
    if pair is None:
        return engine.learner(options.name)
    wanted = options.task or recognised(table, label_of(options, table))
    name = pair[wanted == NUMBERS]
    if name != options.name:
        why = "as --task says" if options.task else "as the labels are; --task overrules"
        print(f"zoo learn: {name} learns in place of {options.name}: {wanted}, {why}", file=sys.stderr)
    return engine.learner(name)


def recognised(table: "Table", label: str) -> str:
    """Whether the labels of a table are classes: texts, or whole numbers of a few kinds."""
    labels = _labels(table, label)
    if any(isinstance(each, str) for each in labels):
        return CLASSES
    whole = all(each == int(each) for each in labels)
    return CLASSES if whole and len(set(labels)) <= MOST_CLASSES else NUMBERS


def label_of(options: argparse.Namespace, table: "Table") -> str:
    """The column of the labels: the last one unless `--label` says so."""
    label = table.header[-1] if options.label is None else options.label
    if label not in table.header:
        raise ZooError(f"--label {cut(label)}: {table.source} has no such column; it has {listed(table.header)}.")
    if len(table.header) < 2:
        raise ZooError(f"{table.source} has the column {cut(label)} only, which is the label; add columns to learn from.")
    return label


def refuse_options(options: argparse.Namespace) -> None:
    """Refuse what only learners of tables take, for another learner."""
    for key, option in OPTIONS.items():
        if vars(options)[key] is not None:
            raise ZooError(f"{option} is for learners of tables, and {options.name} is none; leave it out.")


def learn(options: argparse.Namespace, table: "Table", learner: "Learner") -> None:
    """Learn a task from a table one of whose columns is the label."""
    from zoo.cli import engine
    from zoo.hub import task_folder

    label = label_of(options, table)
    wanted = CLASSES if learner.tells_classes else NUMBERS
    if options.task not in (None, wanted):
        raise ZooError(f"--task {options.task}: {options.name} does {wanted}; choose another learner, or leave it out.")
    names = [name for name in table.header if name != label]
    y = _named_classes(table, label) if learner.tells_classes else _numbers(table, label)
    task = learner.learn(_given(table, names), y, categorical=options.categorical)
    notes = {"examples": names, "labels": [label], "rows": task.size}
    task_folder.save(task, options.out, notes, options.force)
    engine.keep(learner)
    facts = {"task": options.out, "learner": learner.title, "rows": task.size, "columns": len(names), "label": label}
    told = f"{len(task.classes)} classes" if task.classes else "numbers"
    say(
        options,
        facts | {"classes": list(task.classes), "bytes": task.nbytes},
        f"learned {options.out} from {task.size} rows of {len(names)} columns: {told} of {label}; {task.nbytes:,} bytes",
    )


def update(options: argparse.Namespace, task: "TaskModel", notes: dict[str, Any]) -> None:
    """Learn from more rows of the same columns."""
    from zoo.hub import task_folder
    from zoo.utils import tables

    table = tables.opened(options.support)
    (label,) = notes["labels"]
    y = _labels_for(task, table, label)
    more = task.update(_given(table, [name for name in table.header if name != label]), y)
    task_folder.save(more, options.out, notes | {"rows": more.size}, options.force)
    say(
        options,
        {"task": options.out, "rows": more.size, "bytes": more.nbytes},
        f"learned {options.out} from {more.size} rows, {more.size - task.size} of them new: {more.nbytes:,} bytes",
    )


def predict(options: argparse.Namespace, task: "TaskModel", notes: dict[str, Any]) -> None:
    """Predict the rows of a table: columns behind those that it has, or JSON."""
    from zoo.utils import tables

    table = tables.opened(options.query)
    x = _given(table, table.header)
    if task.classes:
        names, probability, ood_score = task.classify(x)
        odd = ood_score > task.ood_threshold
        added = {"class": [str(name) for name in names.tolist()]}
        added |= {f"probability of {name}": list(probability[:, at]) for at, name in enumerate(task.classes)}
        added |= {"ood_score": list(ood_score), "is_ood": odd.tolist()}
        known = list(map(str, task.classes))
        found: Any = [
            {
                "class": name,
                "probabilities": dict(zip(known, probability[row].tolist(), strict=True)),
                "ood_score": float(ood_score[row]),
                "is_ood": bool(odd[row]),
            }
            for row, name in enumerate(names.tolist())
        ]
    else:
        added = {notes["labels"][0]: list(task.predict(x).reshape(-1))}
        found = {name: [float(each) for each in values] for name, values in added.items()}
    if options.out or not options.json:
        header = table.header + [tables.unused(name, table.header) for name in added]
        rows = ([*row, *more] for row, more in zip(table.rows, zip(*added.values(), strict=True), strict=True))
        tables.write(options.out, header, rows, options.force)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))


def rows_of(source: str, task: "TaskModel", label: str) -> tuple["GivenTable", Any]:
    """The rows of a CSV for a learned task, and their labels; None where it has no column of that name."""
    from zoo.utils import tables

    table = tables.opened(source)
    x = _given(table, table.header)
    return x, _labels_for(task, table, label) if label in table.header else None


def _labels_for(task: "TaskModel", table: "Table", label: str) -> Any:
    """More labels of a task, typed as its own are."""
    texts = bool(task.classes) and isinstance(task.classes[0], str)
    return _texts(table, label) if texts else _named_classes(table, label) if task.classes else _numbers(table, label)


def notes_of(task: str) -> dict[str, Any]:
    """The notes of a task that was learned from a CSV.

    Raises:
        ZooError: if it was not.
    """
    from zoo.hub import task_folder

    notes = task_folder.notes(task)
    if len(notes.get("labels", ())) != 1:
        raise ZooError(f"{Path(task)} was not learned from a CSV, so its labels have no name; go on with it in Python.")
    return notes


def _given(table: "Table", names: list[str]) -> "GivenTable":
    """Columns of a CSV as a table, whose messages name the file and the line."""
    import numpy as np

    from zoo.datasets.tables.given_table import GivenTable

    columns = tuple(np.array(column, dtype=object) for column in table.columns(names))
    return GivenTable(table.source, tuple(names), columns, lines=tuple(table.lines))


def _texts(table: "Table", label: str) -> list[str]:
    """Labels as texts, none of them missing."""
    from zoo.utils.checks import MISSING

    (texts,) = table.columns([label])
    for text, line in zip(texts, table.lines, strict=True):
        if text in MISSING:
            raise ZooError(
                f"{table.source}, line {line}: the label {cut(repr(label))} is missing; remove such rows, or predict them later."
            )
    return texts


def _labels(table: "Table", label: str) -> list[str] | list[float]:
    """Labels as numbers, if all of them are some, and as texts elsewhere."""
    from zoo.utils.checks import is_number

    texts = _texts(table, label)
    return [float(text) for text in texts] if all(map(is_number, texts)) else texts


def _named_classes(table: "Table", label: str) -> list[Any]:
    """Labels as names of classes: whole numbers if all are, texts elsewhere."""
    labels = _labels(table, label)
    whole = all(not isinstance(each, str) and each == int(each) for each in labels)
    return [int(each) for each in labels] if whole else _texts(table, label)


def _numbers(table: "Table", label: str) -> Any:
    """Labels as numbers; what is none is refused with its line."""
    _texts(table, label)
    return table.numbers([label])[:, 0]
