"""A learned task as a folder: the numbers that were learned, and which learner they belong to."""

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from zoo.hub import prepared, registry, task_schema
from zoo.learners.labels import Given
from zoo.learners.task_model import TaskModel, keeps_nothing
from zoo.runtime import baked, sessions
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils import files, partial
from zoo.utils.errors import ZooError
from zoo.utils.ranges import warn

Run: TypeAlias = Callable[[np.ndarray], np.ndarray]
# What damaged files raise: ours and NumPy's ValueErrors, and those of zipfile.
DAMAGE = (OSError, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, struct.error, zipfile.BadZipFile)
MODEL = "task.onnx"
CONTENT = ("task.json", "task.npz", "summary.npz", MODEL)
OTHERS = files.other_than(*CONTENT)


def save(task: Any, folder: str | Path, notes: dict[str, Any] | None = None, force: bool = False) -> None:
    """Save a task model: `task.npz` holds the learned tensors, `task.json` the learner's name and checksum.

    Where the learner reads a set, `summary.npz` holds what is kept of the support, so that the task can be updated. `task.onnx`
    is the task model, compared with what it was made of; it is left out where tasks share an encoder, which stays in the cache
    as ONNX (see `zoo.hub.prepared`), where nothing can be converted, and, with a warning, where it answers otherwise than the
    task. A learner's first task takes a second longer.

    Args:
        task: a task model whose learner came from `zoo.load`, or a fitted estimator.
        folder: folder to make.
        notes: plain data to keep beside it, e.g. the names of columns.
        force: whether something already there may be replaced.

    Raises:
        ZooError: if the folder exists and `force` is false, the learner was never saved, `task` is nothing that was learned, or
            the notes are no plain data.

    Warns:
        UserWarning: where `task.onnx` is left out as it answers otherwise; the task itself is saved whole.
    """
    task = _learned(task)
    origin = task.learner.origin
    if not origin:
        raise ZooError("the learner of this task is not on disk, so the task could not be read back; save the learner first.")
    arrays = (*task.learned.values(), *task.summary.values())
    if not all(np.isfinite(values).all() for values in arrays):
        raise ZooError("this task holds NaN or infinity, so it answers nothing; learn it by fewer gradient steps, or without.")
    try:
        task_schema.check_notes(notes or {}, task.learner)
        json.dumps(notes, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ZooError(f"notes: {error}; give texts, finite numbers, lists and dicts of them.") from None
    with files.written_aside(folder, force, OTHERS) as aside:
        aside.mkdir()
        np.savez(aside / "task.npz", **task.learned)
        if task.summary:
            np.savez(aside / "summary.npz", **task.summary)
        about = {"format": task_schema.FORMAT, "learner": origin, "flat": task.given.flat, "summarised": task.size}
        about |= {"notes": notes or {}, "classes": list(task.classes), "summary": bool(task.summary)}
        about |= {"interface": Description.of(task.learner).as_json(), "model": ""}
        about["columns"] = task.columns.as_json() if task.columns else {}
        if model := _baked(task):
            (aside / MODEL).write_bytes(model)
            about["model"] = _digest(aside)
        (aside / "task.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _baked(task: TaskModel) -> bytes:
    """A task model as ONNX; empty where it cannot be one, shares an encoder with others, or answers otherwise."""
    try:
        learner = task.learner if isinstance(task.learner, OnnxLearner) else prepared.prepare(task.learner, "apply")
    except ZooError:  # no graph leaves this learner, or none can be kept
        return b""
    try:
        return baked.task_model(task, learner.file("apply"))
    except ZooError as error:
        warn(f"{MODEL} is left out, and the first prediction takes longer: {error}")
        return b""


def _learned(task: Any) -> TaskModel:
    """The task model of what a user gives."""
    task = getattr(task, "task_", task)  # of an estimator; one that is not fitted has none
    if not isinstance(task, TaskModel):
        raise ZooError(
            f"task is a {type(task).__name__}; give a task model (learner.learn(x, y)), or an estimator of the zoo after its fit."
        )
    return task


def load(folder: str | Path) -> TaskModel:
    """Load a task model, and the learner that it belongs to.

    Raises:
        ZooError: if the folder holds no whole task, one of a newer version, or its learner is gone or has changed.
    """
    folder, about = _about(folder)
    return _read(folder, about, registry.load(about["learner"]["name"]))


def load_light(folder: str | Path, update: bool = False) -> TaskModel | None:
    """As `load`, without TensorFlow; None where what that needs is not prepared.

    Args:
        folder: of the task.
        update: whether the task is to be updated, for which its learner must be prepared, and not only to predict.
    """
    folder, about = _about(folder)
    learner = prepared.load(about["learner"]["name"], "apply", *(["update"] if update else []))
    try:
        if learner is None and about["model"] and not update:
            learner = OnnxLearner(Description.from_json(about["interface"]), about["learner"], folder)
        if learner is None:
            return None
        return _read(folder, about, learner, _model(folder, about["model"]) if about["model"] else None)
    except DAMAGE as error:
        raise _not_whole(folder, error) from None


def refuse_update(folder: str | Path) -> None:
    """Refuse a task that keeps nothing to go on from, as `TaskModel.update` does, before its learner is loaded.

    Raises:
        ZooError: if it does not, or the folder holds no whole task.
    """
    folder, about = _about(folder)
    try:
        known = Description.from_json(about["interface"])
    except DAMAGE as error:
        raise _not_whole(folder, error) from None
    if not (known.can_update and (about["classes"] or about["summary"])):
        raise keeps_nothing(known.title, "update")


def _about(folder: str | Path) -> tuple[Path, dict[str, Any]]:
    """The folder of a task, and its `task.json`, once its learner is known to be the same."""
    folder = Path(folder)
    if not folder.exists():
        partial.sweep(folder.parent)  # a run that was killed may have moved it away
    try:
        about = task_schema.about(folder / "task.json")
    except DAMAGE as error:
        raise _not_whole(folder, error) from None
    name, sha256 = about["learner"]["name"], about["learner"]["sha256"]
    if registry.origin(name)["sha256"] != sha256:
        raise ZooError(f"{folder} was learned by other weights of {name} than these; learn it again.")
    return folder, about


def _read(folder: Path, about: dict[str, Any], learner: Any, run: Run | None = None) -> TaskModel:
    try:
        task_schema.check_labels(about, learner)
        task_schema.check_notes(about["notes"], learner)
        columns = task_schema.columns(about, learner)
        learned = task_schema.learned(folder / "task.npz", learner, len(about["classes"]), columns and columns.width)
        summary = task_schema.summary(folder / "summary.npz", learner) if about["summary"] else {}
    except DAMAGE as error:
        raise _not_whole(folder, error) from None
    given = Given(tuple(about["classes"]), about["flat"])
    return TaskModel(learner, learned, given, summary, about["summarised"], run, columns)


def _digest(folder: Path) -> str:
    """Of the learned tensors and the model that was made of them: neither is used beside another of the other."""
    return hashlib.sha256("".join(files.sha256(folder / name) for name in ("task.npz", MODEL)).encode()).hexdigest()


def _model(folder: Path, digest: str) -> Run:
    """What answers by `task.onnx`."""
    if not (folder / MODEL).is_file() or _digest(folder) != digest:
        raise ValueError(f"{MODEL} and task.npz are not those that were written together")
    session = sessions.opened(folder / MODEL)
    return lambda query_x: session.run(["prediction"], {"query_x": query_x})[0]


def notes(folder: str | Path) -> dict[str, Any]:
    """The notes kept with a task.

    Raises:
        ZooError: if the folder holds no whole task.
    """
    try:
        return task_schema.about(Path(folder) / "task.json")["notes"]
    except DAMAGE as error:
        raise _not_whole(Path(folder), error) from None


def _not_whole(folder: Path, error: Exception) -> ZooError:
    if isinstance(error, ZooError) and str(folder) in str(error):
        return error  # it says what to do already
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return ZooError(f"{folder} holds no whole task ({reason}); make it by `zoo learn NAME --out {folder}`.")
