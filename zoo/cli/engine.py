"""Learners and tasks for a command: without TensorFlow where they are prepared; elsewhere live, and prepared on the way."""

import contextlib
import sys
from typing import TYPE_CHECKING, cast

from zoo.hub import prepared, registry, task_folder
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils import backend, silence
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.learners.learner import Learner
    from zoo.learners.meta_learner import MetaLearner
    from zoo.learners.task_model import TaskModel


def learner(name: str) -> "Learner":
    """The learner of a name or path."""
    return prepared.load(name, "learn", "apply") or live(name)


def live(name: str) -> "MetaLearner":
    """The learner of a name or path, on TensorFlow.

    Raises:
        ZooError: for a model that learns no tasks.
    """
    _start()
    from zoo.learners.meta_learner import MetaLearner

    found = registry.load(name)
    if not isinstance(found, MetaLearner):
        raise ZooError(f"{name} is a {type(found).__name__}, which learns no tasks; `zoo show {name}` says what it is.")
    return found


def task(folder: str, update: bool = False) -> "TaskModel":
    """The task of a folder, to predict with or to update; what cannot be updated is refused before TensorFlow starts."""
    if update:
        task_folder.refuse_update(folder)
    found = task_folder.load_light(folder, update)
    if found is None:
        found = live_task(folder)
        keep(found.learner)
    return found


def live_task(folder: str) -> "TaskModel":
    """The task of a folder, on TensorFlow."""
    _start()
    return task_folder.load(folder)


def keep(learner: "Learner") -> None:
    """Prepare a live learner for the next time, for all that commands ask of it."""
    if isinstance(learner, OnnxLearner):
        return
    graphs = ["learn", "apply", *(["update"] if learner.can_update else []), *(["embed"] if learner.in_halves else [])]
    if prepared.is_hopeless(cast("MetaLearner", learner), *graphs):
        return
    if sys.stderr.isatty():
        print(f"preparing {learner.title} for the next time …", file=sys.stderr)
    with contextlib.suppress(ZooError):  # next time takes as long as this one
        prepared.prepare(cast("MetaLearner", learner), *graphs)


def _start() -> None:
    backend.check()
    silence.start_tensorflow()
