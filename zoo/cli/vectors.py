"""Embeddings that something else made, such as a model of sentences, learned and predicted: a CSV, or an array of NumPy's."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.cli import embedded
from zoo.cli.output import say
from zoo.utils.errors import ZooError, cut, listed

if TYPE_CHECKING:
    import numpy as np

    from zoo.learners.task_model import TaskModel

NOTE = "embeddings"  # of a task: names of the columns of a CSV, none where it was an array
ARRAY = ".npy"


def learn(options: argparse.Namespace) -> None:
    """Learn a task of classes from embeddings; the learner is one of as many numbers unless another is named."""
    from zoo.cli import engine

    columns, x, y = _labelled(options)
    learner = engine.learner(options.name or f"embeddings-{x.shape[1]}")
    vectors = _of_vectors(learner, x.shape[1])
    task = vectors.learn(x, y)
    _finish(options, vectors.whole(task) if vectors is not learner else task, y, {"notes": {NOTE: columns}, "known": {}})


def update(options: argparse.Namespace, task: "TaskModel") -> None:
    """Learn from more embeddings besides those of a task."""
    notes = _notes(options.task)
    _, x, y = _labelled(options, notes[NOTE])
    vectors = _of_vectors(task.learner, x.shape[1])
    whole = vectors is task.learner
    more = (task if whole else vectors.over(task)).update(x, y)
    _finish(options, more if whole else vectors.whole(more), y, {"notes": notes, "known": notes.get("examples_of", {})})


def predict(options: argparse.Namespace, task: "TaskModel") -> None:
    """Print the class of each embedding, the probability of every class, and the out-of-distribution score."""
    from zoo.utils import tables

    notes = _notes(options.task)
    path = options.embeddings or options.query
    header: list[str] = []
    rows: list[list[Any]] = []
    if Path(path).suffix.lower() == ARRAY:
        x = _array(path)
        header, rows = ["row"], [[row] for row in range(len(x))]
    else:
        table = tables.opened(path)
        columns = notes[NOTE] or table.header
        x = table.numbers(columns)
        places = [at for at, name in enumerate(table.header) if name not in columns]
        header, rows = [table.header[at] for at in places], [[row[at] for at in places] for row in table.rows]
    vectors = _of_vectors(task.learner, x.shape[1])
    names, probability, ood_score = (task if vectors is task.learner else vectors.over(task)).classify(x)
    embedded.say_uncalibrated(options, task)
    if options.out or not options.json:
        more = [tables.unused(name, header) for name in ("class", "ood_score", "is_ood")]
        answers = zip(map(str, names), ood_score, ood_score > task.ood_threshold, *probability.T, strict=True)
        full = ([*row, *answer] for row, answer in zip(rows, answers, strict=True))
        tables.write(options.out, [*header, *more, *(f"probability of {name}" for name in task.classes)], full, options.force)
    if options.json:
        found = [
            {"class": name, "probabilities": dict(zip(map(str, task.classes), odds, strict=True)), "ood_score": score}
            | ({} if task.is_calibrated else {"calibrated": False})
            for name, odds, score in zip(names.tolist(), probability.tolist(), ood_score.tolist(), strict=True)
        ]
        print(json.dumps(found, indent=2, ensure_ascii=False))


def is_of_vectors(task: str) -> bool:
    """Whether a task's folder says that it was learned from embeddings."""
    from zoo.hub import task_folder

    return NOTE in task_folder.notes(task)


def _finish(options: argparse.Namespace, task: "TaskModel", y: list[Any], about: dict[str, Any]) -> None:
    from zoo.cli import engine
    from zoo.hub import task_folder

    counts = dict(about["known"])
    for name in map(str, y):
        counts[name] = counts.get(name, 0) + 1
    task_folder.save(task, options.out, about["notes"] | {"examples_of": counts}, options.force)
    engine.keep(task.learner)
    embedded.say_uncalibrated(options, task)
    shown = ", ".join(f"{name} ({count})" for name, count in counts.items())
    facts = {"task": options.out, "examples": counts, "bytes": task.nbytes}
    say(options, facts, f"learned {options.out}: {shown}; {task.nbytes:,} bytes")


def _of_vectors(learner: Any, width: int) -> Any:
    """A learner whose examples are vectors of so many numbers: itself, or of its embeddings."""
    if learner.tells_classes and learner.example.sizes == (width,):
        return learner
    if learner.in_halves and learner.embedding_width() == width:
        return embedded.over(learner)
    wants = f"embeddings of {learner.embedding_width()} numbers" if learner.in_halves else f"examples of {learner.example}"
    raise ZooError(
        f"the embeddings have {width} numbers, and {learner.title} learns from {wants}; leave the name out, or give others."
    )


def _labelled(options: argparse.Namespace, columns: list[str] | None = None) -> tuple[list[str], "np.ndarray", list[Any]]:
    """Names of the columns, the numbers, and the label of each row."""
    from zoo.utils import tables

    path = options.embeddings
    if Path(path).suffix.lower() == ARRAY:
        if not options.labels:
            raise ZooError(f"--embeddings {cut(path)} holds no labels; give a text file with one a line: --labels labels.txt")
        return [], _array(path), _lines(options.labels)
    if options.labels:
        raise ZooError(
            f"--labels goes with an array ({ARRAY}); in a CSV the labels are a column, the last one unless --label says so."
        )
    table = tables.opened(path)
    label = options.label or table.header[-1]
    if label not in table.header:
        raise ZooError(f"--label {cut(label)}: {table.source} has no such column; it has {listed(table.header)}.")
    columns = columns or [name for name in table.header if name != label]
    at = table.header.index(label)
    return columns, table.numbers(columns), [row[at].strip() for row in table.rows]


def _lines(path: str) -> list[str]:
    """The lines of a text file.

    Raises:
        ZooError: if it is no text.
    """
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ZooError(f"--labels {cut(path)} is no UTF-8 text (byte {error.start}); save it as text, a label a line.") from None


def _array(path: str) -> "np.ndarray":
    """An array of floats, `[rows, numbers]`."""
    import numpy as np

    try:
        found = np.load(path, allow_pickle=False, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise ZooError(f"{path} cannot be read as an array of NumPy's ({cut(error, 200)}); write it by numpy.save.") from None
    if found.ndim != 2 or found.dtype.kind not in "fiu":
        raise ZooError(f"{path} holds {found.dtype} of shape {list(found.shape)}; give numbers [rows, numbers of an embedding].")
    return np.asarray(found, np.float32)


def _notes(task: str) -> dict[str, Any]:
    from zoo.hub import task_folder

    notes = task_folder.notes(task)
    if NOTE not in notes:
        raise ZooError(f"{task} was not learned from embeddings; give it what it was learned from.")
    return notes
