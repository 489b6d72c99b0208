"""A learned task as a folder: the numbers that were learned, and which learner they belong to."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from zoo.hub import registry
from zoo.learners.labels import Given
from zoo.learners.task_model import TaskModel
from zoo.utils import files, partial
from zoo.utils.errors import ZooError

CONTENT = ("task.json", "task.npz", "summary.npz")
OTHERS = files.other_than(*CONTENT)


def save(task: TaskModel, folder: str | Path, notes: dict[str, Any] | None = None, force: bool = False) -> None:
    """Save a task model: `task.npz` holds the learned tensors, `task.json` the learner's name and checksum.

    Where the learner reads a set, `summary.npz` holds what is kept of the support, so that the task can be updated.

    Args:
        task: a task model whose learner came from `zoo.load`.
        folder: folder to make.
        notes: plain data to keep beside it, e.g. the names of columns.
        force: whether something already there may be replaced.

    Raises:
        ZooError: if the folder exists and `force` is false, or the learner was never saved.
    """
    origin = task.learner.origin
    if not origin:
        raise ZooError("the learner of this task is not on disk, so the task could not be read back; save the learner first.")
    with files.written_aside(folder, force, OTHERS) as aside:
        aside.mkdir()
        np.savez(aside / "task.npz", allow_pickle=False, **task.learned)
        if task.summary:
            np.savez(aside / "summary.npz", allow_pickle=False, **task.summary)
        about = {"format": 2, "learner": origin, "flat": task.given.flat, "summarised": task.size, "notes": notes or {}}
        about |= {"classes": list(task.classes), "summary": bool(task.summary)}
        (aside / "task.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def load(folder: str | Path) -> TaskModel:
    """Load a task model, and the learner that it belongs to.

    Raises:
        ZooError: if the folder holds no whole task, or its learner is gone or has changed.
    """
    folder = Path(folder)
    if not folder.exists():
        partial.sweep(folder.parent)  # a run that was killed may have moved it away
    try:
        about = notes(folder, whole=True)
        learned = _arrays(folder / "task.npz")
        size, kept = about["summarised"], about["summary"]
        summary = _arrays(folder / "summary.npz") if kept else {}
        given = Given(tuple(about["classes"]), about["flat"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ZooError(f"{folder} holds no whole task ({error}); make it by `zoo learn NAME --out {folder}`.") from None
    learner = registry.load(about["learner"]["name"])
    if learner.origin["sha256"] != about["learner"]["sha256"]:
        raise ZooError(f"{folder} was learned by other weights of {learner.name} than these; learn it again.")
    return TaskModel(learner, learned, given, summary, size)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def notes(folder: str | Path, whole: bool = False) -> dict[str, Any]:
    """The notes kept with a task; with `whole`, all of `task.json`."""
    about = json.loads((Path(folder) / "task.json").read_text(encoding="utf-8"))
    return about if whole else about["notes"]
