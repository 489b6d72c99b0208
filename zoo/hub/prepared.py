"""Learners prepared for work without TensorFlow: their graphs as ONNX, in the user's cache, made once and compared when made.

A folder belongs to one learner: its name, the checksum of its weights, and the code that its graphs are built by. Beside each
graph lies its checksum, so that one that was damaged is made again, or a mark that it cannot be made, so that nobody tries again.
"""

import dataclasses
import functools
import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

from zoo.hub import registry
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner
from zoo.utils import cache, files, locks
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.learners.embedding_classifier import EmbeddingClassifier
    from zoo.learners.meta_learner import MetaLearner

DESCRIPTION = "learner.json"
CODE = ("layers", "learners", "models", "export", "runtime")  # rooms that decide what a graph holds
MOST = 100  # folders kept; of more the oldest go
CHECKSUM, MARK = ".sha256", ".failed"  # what follows the name of a graph
LOCK = "lock"


def folder(name: str, sha256: str) -> Path:
    """The folder of a learner in the user's cache, whether it is there or not.

    Args:
        name: of its entry, or the path of its file.
        sha256: of its weights.
    """
    place = hashlib.sha256(f"{name}\n{sha256}\n{code()}".encode()).hexdigest()[:24]
    return cache.folder() / "learners" / f"{Path(name).stem}-{place}"


def load(name: str, *graphs: str) -> OnnxLearner | None:
    """The learner of a name or path, if these graphs of it are prepared and whole; otherwise None.

    Args:
        name: of an entry, or the path of a file.
        graphs: what is to be done with it: "learn", "apply", "update", "embed".

    Raises:
        ZooError: for a name that stands for nothing.
    """
    origin = registry.origin(name)
    place = folder(**origin)
    try:
        known = Description.from_json(json.loads((place / DESCRIPTION).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
    learner = OnnxLearner(known, origin, place)
    return learner if all(_is_whole(learner.file(graph)) for graph in graphs) else None


def prepare(learner: "MetaLearner", *graphs: str) -> OnnxLearner:
    """Write graphs of a learner that was loaded, those that are not there or damaged; one process at a time.

    Args:
        learner: whose weights came from a file.
        graphs: as of `load`. Each takes a second or a few, once.

    Raises:
        ZooError: for a graph that cannot be made, also where that was found out before, and one that cannot be kept.
    """
    known = _described(learner)
    light = OnnxLearner(known, learner.origin, folder(**learner.origin))
    try:
        light.folder.mkdir(parents=True, exist_ok=True)
        with locks.hold(light.folder / LOCK):
            for graph in graphs:
                if not _is_whole(file := light.file(graph)):
                    _convert(learner, file)
            if not (light.folder / DESCRIPTION).exists():
                _write(light.folder / DESCRIPTION, json.dumps(known.as_json(), allow_nan=False))
                _forget_old(light.folder.parent)
    except OSError as error:
        raise ZooError(f"the cache {str(cache.folder())!r} cannot be written: {error.strerror or error}.") from None
    return light


def is_hopeless(learner: "MetaLearner", *graphs: str) -> bool:
    """Whether one of these graphs was tried and cannot be converted, by this code."""
    light = OnnxLearner(_described(learner), learner.origin, folder(**learner.origin))
    return any(_beside(light.file(graph), MARK).exists() for graph in graphs)


def _described(learner: "MetaLearner") -> Description:
    """What its graphs take and give: whole ones, or an encoder and heads."""
    width = cast("EmbeddingClassifier", learner).embedding_width() if learner.in_halves else 0
    return dataclasses.replace(Description.of(learner), embedding=width)


def _convert(learner: "MetaLearner", file: Path) -> None:
    """Write a graph and its checksum; of one that cannot be made a mark, with the reason."""
    from zoo.export import onnx
    from zoo.learners.halves import Halves

    if (mark := _beside(file, MARK)).exists():
        raise ZooError(mark.read_text(encoding="utf-8"))
    with files.written_aside(file, force=True) as aside:
        try:
            onnx(Halves(cast("EmbeddingClassifier", learner)) if learner.in_halves else learner, aside, file.stem)
        except ZooError as error:
            _write(mark, str(error))
            raise
    _write(_beside(file, CHECKSUM), files.sha256(file))


def _write(path: Path, text: str) -> None:
    with files.written_aside(path, force=True) as aside:
        aside.write_text(text, encoding="utf-8")


def _is_whole(file: Path) -> bool:
    """Whether a graph is there, as it was written."""
    try:
        return _beside(file, CHECKSUM).read_text(encoding="utf-8") == files.sha256(file)
    except (OSError, ValueError):
        return False


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _forget_old(place: Path) -> None:
    found = {folder: _time(folder) for folder in place.iterdir() if folder.is_dir()}
    for folder in sorted(found, key=found.__getitem__, reverse=True)[MOST:]:
        shutil.rmtree(folder, ignore_errors=True)


def _time(folder: Path) -> float:
    """When a folder changed; long ago for one that another process has just removed."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@functools.cache
def code() -> str:
    """A digest of the files that graphs are built by: their names, sizes and times."""
    found = hashlib.sha256()
    for room in CODE:
        for path in sorted((registry.PACKAGE / room).rglob("*.py")):
            about = path.stat()
            found.update(f"{path}{about.st_size}{about.st_mtime_ns}".encode())
    return found.hexdigest()
