"""Folders of learned tasks: a whole one with values, arrays, members and sizes exchanged in its JSON and its archives."""

import functools
import io
import json
import shutil
import unittest.mock
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz import learners
from fuzz.damage import ODD_TEXTS, damaged, json_texts
from fuzz.kind import Kind
from zoo.hub import registry, task_folder

NAMES = (learners.MEAN, learners.CLASSES, learners.STEPS)
TYPES = ("<f8", "<f2", ">f4", "<i4", "<u1", "?", "S4", "<c8", "O", "<M8[D]", "V4")
SIZES = (0, 1, 2, 5, 2**31, 2**40, -1)


@dataclass(frozen=True)
class Folder:
    """The learner whose task it was, and the files that are written over; None takes one away, a text makes a folder of it."""

    learner: str
    files: tuple[tuple[str, bytes | str | None], ...] = ()


@st.composite
def _folders(draw: st.DrawFn) -> Folder:
    name = draw(st.sampled_from(NAMES))
    whole = {path.name: path.read_bytes() for path in (learners.home(name) / "task").iterdir()}
    changed: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from([1, 1, 1, 2]))):
        file = draw(st.sampled_from(["task.json", "task.json", *sorted(whole)]))
        if draw(st.integers(0, 19)) == 0:
            changed[file] = draw(st.sampled_from([None, "folder"]))
        elif file == "task.json":
            changed[file] = draw(_abouts(json.loads(whole[file])))
        elif file == task_folder.MODEL:
            changed[file] = draw(damaged(whole[file]))
        else:
            changed[file] = draw(damaged(whole[file]) | _archives(whole[file]) | _archives(whole[file]))
    return Folder(name, tuple(sorted(changed.items())))


@st.composite
def _abouts(draw: st.DrawFn, about: dict[str, Any]) -> bytes:
    """`task.json`, edited anywhere, or in what a user may rightly write there."""
    if draw(st.integers(0, 2)) == 0:
        return draw(json_texts(about))
    about = dict(about)
    match draw(st.sampled_from(["notes", "notes", "notes", "summarised", "summarised", "classes", "classes", "learner", "flat"])):
        case "notes":
            about["notes"] = draw(
                st.dictionaries(st.sampled_from(["rows", "examples", "pictures", *ODD_TEXTS[:5]]), st.just("x"), max_size=3)
            )
        case "summarised":
            about["summarised"] = draw(st.sampled_from([0, 1, 3, 4, 5, 6, 1000, 10**6, 10**7, 10**7 + 1, 10**400]))
        case "classes":
            names = st.sampled_from(["elm", "oak", "a b", "a\tb", "\u65e5", *ODD_TEXTS]) | st.integers(-2, 2) | st.floats()
            about["classes"] = draw(st.lists(names, min_size=3 * bool(about["classes"]), max_size=3))
        case "learner":
            names = [
                *registry.names()[:2],
                *ODD_TEXTS,
                "a\nb.keras",
                "a" * 300 + ".keras",
                "x\0.keras",
                "/tmp",
                ".",
                "mela_sinusiod",
            ]
            about["learner"] = dict(about["learner"], **{draw(st.sampled_from(["name", "sha256"])): draw(st.sampled_from(names))})
        case _:
            about["flat"] = not about["flat"]
    return json.dumps(about).encode()


@st.composite
def _archives(draw: st.DrawFn, whole: bytes) -> bytes:
    """An archive of arrays, written anew with some of them other ones."""
    with np.load(io.BytesIO(whole)) as held:
        arrays = dict(held)
    parts = {f"{name}.npy": _npy(array) for name, array in arrays.items()}
    name = draw(st.sampled_from(sorted(arrays)))
    array = arrays[name]
    how = [*["values"] * 6, "type", "shape", "header", "lost", "more", "twice", "packed", "name", "bytes"]
    match draw(st.sampled_from(how)):
        case "values":
            array = array.copy()
            odd = [
                0,
                1,
                -1,
                5,
                2**31 - 1,
                -(2**31),
                *([0.5, 1e38, -1e38, 1e-40, np.nan, np.inf] if array.dtype.kind == "f" else []),
            ]
            array.flat[draw(st.integers(0, array.size - 1))] = draw(st.sampled_from(odd))
            parts[f"{name}.npy"] = _npy(array)
        case "type":
            parts[f"{name}.npy"] = (
                _npy(array.astype(draw(st.sampled_from(TYPES[:6]))))
                if draw(st.booleans())
                else _header(array, draw(st.sampled_from(TYPES)), array.shape)
            )
        case "shape":
            shapes = [
                array[0],
                array[None],
                array[:, :0],
                np.concatenate([array, array]),
                array.T,
                np.concatenate([array, array], -1),
            ]
            parts[f"{name}.npy"] = _npy(draw(st.sampled_from(shapes)))
        case "header":
            shape = tuple(draw(st.lists(st.sampled_from([*SIZES, *array.shape]), max_size=4)))
            parts[f"{name}.npy"] = _header(array, array.dtype.str, shape)
        case "lost":
            del parts[f"{name}.npy"]
        case "more":
            parts[draw(st.sampled_from(["more.npy", "../more.npy", "a\nb.npy", name, "/etc/x", "a" * 5000, "caf\u00e9.npy"]))] = (
                b"x"
            )
        case "name":
            parts[draw(st.sampled_from([name, "a\nb", f"{name}.npy.npy", f"x/{name}.npy"]))] = parts.pop(f"{name}.npy")
        case "bytes":
            parts[f"{name}.npy"] = draw(damaged(parts[f"{name}.npy"]))
        case how:
            return _zipped(parts, zipfile.ZIP_DEFLATED if how == "packed" else zipfile.ZIP_STORED)
    return _zipped(parts, zipfile.ZIP_STORED)


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array) if array.ndim else array)
    return file.getvalue()


def _header(array: np.ndarray, kind: str, shape: tuple[int, ...]) -> bytes:
    """An array whose header says another type or shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})
    return file.getvalue() + array.tobytes()


def _zipped(parts: dict[str, bytes], how: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


@functools.cache
def _plain(name: str) -> tuple[Any, np.ndarray, Any]:
    """The learner of a whole task, queries, and what the task answers to them."""
    learner = registry.load(str(learners.home(name) / learners.KERAS_FILE))
    x = learners.examples(name, 3)
    return learner, x, task_folder.load(learners.home(name) / "task").predict(x)


@contextmanager
def _loaded_once(name: str) -> Iterator[None]:
    """Files of learners are a kind of their own: the whole one is not read again for each folder."""
    own, load = str((learners.home(name) / learners.KERAS_FILE).resolve()), registry.load
    learner = _plain(name)[0]
    with unittest.mock.patch.object(registry, "load", lambda wanted: learner if str(wanted) == own else load(wanted)):
        yield


def _opened(given: Folder, folder: Path) -> None:
    own = folder / "task"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(learners.home(given.learner) / "task", own)
    for name, data in given.files:
        (own / name).unlink(missing_ok=True)
        if isinstance(data, str):
            (own / name).mkdir()
        elif data is not None:
            (own / name).write_bytes(data)
    _, x, want = _plain(given.learner)
    with _loaded_once(given.learner):
        notes, task = task_folder.notes(own), task_folder.load(own)
    assert isinstance(notes, dict)
    answers = task.predict(x)
    assert len(answers) == len(x)
    if not given.files:
        np.testing.assert_array_equal(answers, want)
    if light := task_folder.load_light(own):
        np.testing.assert_allclose(light.answers(x), task.answers(x), rtol=1e-3, atol=1e-3)
    if task.summary:
        assert task.influence.shape == (task.size,)
        task = task.update(x, np.ones([3, 1]))
        assert len(task.predict(x)) == 3


KIND = Kind("task folders", 60, st.deferred(lambda: _folders()), _opened, Folder(learners.MEAN))
