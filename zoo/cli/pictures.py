"""Learn classes from a user's own folder of pictures, classify new ones, ask which to label, and learn from more."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.cli import embedded
from zoo.cli.output import say
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    import numpy as np

    from zoo.datasets.images.image_folder import Report
    from zoo.datasets.labelled import Labelled
    from zoo.learners.learner import Learner
    from zoo.learners.task_model import TaskModel

AUTO = "auto"
INVERT = {AUTO: None, "yes": True, "no": False}  # the choices of --invert, as `zoo.datasets.read_folder` takes them


def learn(options: argparse.Namespace) -> None:
    """Learn a task from `<class>/<pictures>`; report how the pictures were prepared."""
    from zoo.cli import engine
    from zoo.datasets import names_of, read_folder
    from zoo.learners.parts import rows_at_once

    learner = engine.learner(options.name)
    kind = kind_of_pictures(learner, options.name) | {"invert": INVERT[options.invert]}
    which: dict[str, Any] = {"unlabelled": takes_unlabelled(learner)}
    if learner.in_halves:
        data, report = embedded.folder(learner, options.support, kind, **which)
        vectors = embedded.over(learner)
        task = vectors.whole(vectors.learn(data.x, names_of(data)))
        return _finish(options, task, kind, (data, report), {})
    data, report = read_folder(options.support, **kind, **which)
    x = _tones(data.x)
    if len(x) > rows_at_once(x):  # so many are embedded a part at a time, which a graph in a file does not do
        learner = engine.live(options.name)
    _finish(options, learner.learn(x, names_of(data)), kind, (data, report), {})


def update(options: argparse.Namespace, task: "TaskModel") -> None:
    """Learn from more pictures besides those of a task; report how they were prepared."""
    from zoo.cli import engine
    from zoo.datasets import names_of, read_folder
    from zoo.hub import task_folder
    from zoo.learners.parts import rows_at_once

    kind = _kind_of(task, options.task)
    which: dict[str, Any] = {"unlabelled": True, "least": 0} if takes_unlabelled(task.learner) else {}
    known = task_folder.notes(options.task).get("examples_of", {})
    if task.learner.in_halves:
        data, report = embedded.folder(task.learner, options.support, kind, **which)
        vectors = embedded.over(task.learner)
        more = vectors.whole(vectors.over(task).update(data.x, names_of(data)))
        return _finish(options, more, kind, (data, report), known)
    data, report = read_folder(options.support, **kind, **which)
    x = _tones(data.x)
    if len(x) > rows_at_once(x):
        task = engine.live_task(options.task)
    _finish(options, task.update(x, names_of(data)), kind, (data, report), known)


def _finish(
    options: argparse.Namespace,
    task: "TaskModel",
    kind: dict[str, Any],
    read: "tuple[Labelled, Report]",
    known: dict[str, int],
) -> None:
    """Save a task, and say from how many pictures of each class it was learned, those `known` before included."""
    from zoo.cli import engine
    from zoo.datasets.images.image_folder import UNLABELLED
    from zoo.hub import task_folder

    counts, (data, report) = dict(known), read
    for name, count in zip(map(str, data.names), data.counts.tolist(), strict=True):
        counts[name] = counts.get(name, 0) + count
    task_folder.save(task, options.out, {"pictures": kind, "examples_of": counts}, options.force)
    engine.keep(task.learner)
    embedded.say_uncalibrated(options, task)
    shown = ", ".join(f"{'without a label' if name == UNLABELLED else name} ({count})" for name, count in counts.items())
    say(
        options,
        {"task": options.out, "examples": counts, "bytes": task.nbytes, "pictures": dataclasses.asdict(report)},
        "\n".join([*_done(report), f"learned {options.out}: {shown}; {task.nbytes:,} bytes"]),
    )


def predict(options: argparse.Namespace, task: "TaskModel") -> None:
    """Print the class of each new picture, the probability of every class, and the out-of-distribution score."""
    from zoo.utils import tables

    x, paths, report = _read(task, options.query, _kind_of(task, options.task))
    apart = task.learner.in_halves
    names, probability, ood_score = embedded.over(task.learner).over(task).classify(x) if apart else task.classify(_tones(x))
    embedded.say_uncalibrated(options, task)
    if not options.json:
        for line in _done(report):
            print(f"zoo predict: {line}", file=sys.stderr)
    if options.out:
        header = ["file", "class", "ood_score", "is_ood", *(f"probability of {name}" for name in task.classes)]
        rows = zip(map(str, paths), map(str, names), ood_score, ood_score > task.ood_threshold, *probability.T, strict=True)
        tables.write(options.out, header, rows, options.force)
    found = [
        {
            "file": str(path),
            "class": name,
            "probabilities": dict(zip(map(str, task.classes), probability[row].tolist(), strict=True)),
            "ood_score": float(ood_score[row]),
            "is_ood": bool(ood_score[row] > task.ood_threshold),
        }
        | ({} if task.is_calibrated else {"calibrated": False})
        for row, (path, name) in enumerate(zip(paths, names.tolist(), strict=True))
    ]
    if options.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    elif not options.out:
        _print(found)


def _print(found: list[dict[str, Any]]) -> None:
    widths = [max(len(name), *(len(str(each[name])) for each in found)) for name in ("file", "class")]
    print(f"{'file':{widths[0]}}  {'class':{widths[1]}}  probability  ood_score")
    for each in found:
        best, doubt = f"{max(each['probabilities'].values()):.3f}", "  out of distribution" if each["is_ood"] else ""
        best = best if each.get("calibrated", True) else "unknown"
        print(f"{each['file']:{widths[0]}}  {each['class']!s:{widths[1]}}  {best:>11}  {each['ood_score']:11.3g}{doubt}")


def ask(options: argparse.Namespace, task: "TaskModel") -> None:
    """Print which pictures to label next, best first, what the task takes them for, and what their labels are worth to it."""
    from zoo.cli import engine
    from zoo.learners import asking

    kind, apart = _kind_of(task, options.task), task.learner.in_halves
    x, paths, report = _read(task, options.candidates, kind)
    if not options.json:
        for line in _done(report):
            print(f"zoo ask: {line}", file=sys.stderr)
    at = _read(task, options.at, kind)[0] if options.at else x
    if apart:
        task = embedded.over(task.learner).over(task)
    else:  # each picture is embedded once, and tried under many labels, which no graph in a file does
        task = engine.live_task(options.task)
        x, at = _tones(x), _tones(at)
    chosen = asking.ranked(task, x, at, options.top, options.rule)
    rows = [at for at, _ in chosen]
    names, probability, ood_score = task.classify(x[rows])
    facts = zip(chosen, map(str, names), probability.max(axis=1).tolist(), ood_score > task.ood_threshold, strict=True)
    found = [
        {"file": str(paths[row]), "score": score, "likeliest": name, "probability": best, "is_ood": bool(odd)}
        for (row, score), name, best, odd in facts
    ]
    if options.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    width = max(len("file"), *(len(each["file"]) for each in found))
    print(f"{'file':{width}}  score      looks like")
    for each in found:
        doubt = "  out of distribution" if each["is_ood"] else ""
        print(f"{each['file']:{width}}  {each['score']:<9.3g}  {each['likeliest']} ({each['probability']:.2f}){doubt}")


def kind_of_pictures(learner: "Learner", name: str) -> dict[str, Any]:
    """Size and channels of the pictures that a learner takes.

    Raises:
        ZooError: for a learner of anything else.
    """
    shape = learner.example.sizes
    if not learner.tells_classes or len(shape) != 3 or shape[0] != shape[1] or shape[2] not in (1, 3):
        raise ZooError(f"{name} learns from numbers of shape {shape}, not from classes of pictures; give it a CSV.")
    return {"size": shape[0], "channels": shape[2]}


def takes_unlabelled(learner: "Learner") -> bool:
    """Whether a learner makes something of pictures without a label."""
    from zoo.learners.labels import Classes

    return isinstance(learner.labels, Classes) and learner.labels.unlabelled


def _kind_of(task: "TaskModel", folder: str) -> dict[str, Any]:
    """How the pictures of a task were read, for `read_folder` and `read_pictures`."""
    from zoo.hub import task_folder

    noted = task_folder.notes(folder).get("pictures", {})  # a task learned in Python has no such note
    return kind_of_pictures(task.learner, folder) | {"invert": None} | noted


def _read(task: "TaskModel", query: str, kind: dict[str, Any]) -> "tuple[np.ndarray, list[Path], Report]":
    """The pictures of a query, embedded where the learner is in halves; their paths, and what was done to them."""
    from zoo.datasets import read_pictures

    files, left = _files(query)
    x, paths, report = embedded.files(task.learner, files, kind) if task.learner.in_halves else read_pictures(files, **kind)
    if not paths:
        raise ZooError(f"{query} holds no picture that can be read; give PNG, JPEG, GIF, BMP, WebP or TIFF files.")
    return x, paths, dataclasses.replace(report, left=left)


def _files(query: str) -> tuple[list[Path], tuple[str, ...]]:
    """The pictures that a query names, and the files in its folder that are none."""
    from zoo.datasets.images.files_of_pictures import pictures_in
    from zoo.utils.tables import STANDARD_INPUT

    path = Path(query)
    if path.is_dir():
        return pictures_in(path)
    if query == STANDARD_INPUT:
        raise ZooError("-: standard input holds a CSV, but this task is one of pictures; give a picture, or a folder.")
    if not path.exists():
        raise ZooError(f"{query} is not there; give a picture, or a folder of pictures.")
    return [path], ()


def _tones(x: "np.ndarray") -> "np.ndarray":
    """Pictures of bytes, uint8, as the numbers that training showed, 0 to 1."""
    import numpy as np

    return x.astype(np.float32) / 255


def _done(report: "Report") -> list[str]:
    """What was done to the pictures, without those that were skipped, which a warning names."""
    return dataclasses.replace(report, skipped=()).lines()
