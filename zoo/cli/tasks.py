"""Commands for a user's own task: learn, predict. Numbers in a CSV here; pictures in `zoo.cli.pictures`."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.cli import pictures
from zoo.cli.output import say
from zoo.hub import registry
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.learners.task_model import TaskModel


def run_learn(options: argparse.Namespace) -> None:
    """Learn a task from a CSV, or from a folder of pictures."""
    from zoo.utils import files

    files.refuse_existing(options.out, options.force)
    if Path(options.support).is_dir():
        return pictures.learn(options)
    return _learn_csv(options)


def run_predict(options: argparse.Namespace) -> None:
    """Predict with a learned task."""
    from zoo.hub import task_folder
    from zoo.utils import files

    if options.out:
        files.refuse_existing(options.out, options.force)
    task = task_folder.load(options.task)
    if task.classes:
        return pictures.predict(options, task)
    return _predict_csv(options, task)


def _learn_csv(options: argparse.Namespace) -> None:
    from zoo.hub import task_folder
    from zoo.utils import tables

    if options.invert != pictures.AUTO:
        raise ZooError(f"--invert {options.invert} is about pictures, but {options.support} is no folder of them; leave it out.")
    header, values = tables.read(options.support)
    learner = registry.load(options.name)
    labels = learner.labels.shape.numbers
    if learner.tells_classes:
        raise ZooError(
            f"{options.name} learns classes of pictures, not columns; give a folder with a sub-folder of pictures for each class."
        )
    inputs = len(header) - labels
    if (inputs,) != learner.example.sizes:
        raise ZooError(
            f"{options.support} has {len(header)} columns ({', '.join(header)}), but {options.name} reads "
            f"{learner.example.sizes[0]} of examples followed by {labels} of labels; keep just these."
        )
    task = learner.learn(values[:, :inputs], values[:, inputs:])
    notes = {"examples": header[:inputs], "labels": header[inputs:], "rows": len(values)}
    task_folder.save(task, options.out, notes, options.force)
    say(
        options,
        {"task": options.out, "rows": len(values), "bytes": task.nbytes},
        f"learned {options.out} from {len(values)} rows: {task.nbytes:,} bytes",
    )


def _predict_csv(options: argparse.Namespace, task: "TaskModel") -> None:
    import numpy as np

    from zoo.hub import task_folder
    from zoo.utils import tables

    notes = task_folder.notes(options.task)
    if "examples" not in notes:
        raise ZooError(f"{options.task} was not learned from a CSV, so its columns have no names; predict with it in Python.")
    values = tables.columns(options.query, notes["examples"])
    predicted = task.predict(values).reshape(len(values), -1)
    if options.json:
        print(json.dumps({name: predicted[:, column].tolist() for column, name in enumerate(notes["labels"])}))
    else:
        tables.write(options.out, notes["examples"] + notes["labels"], np.concatenate([values, predicted], axis=1), options.force)
