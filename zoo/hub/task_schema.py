"""What a folder of a learned task must hold: every value is checked against the learner before any of it is used.

A folder may come from anybody: what it declares is compared with what it holds before memory is given for it.
"""

import inspect
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets.tables.columns import Columns
from zoo.learners.array_spec import ArraySpec
from zoo.learners.labels.classes import check_names
from zoo.learners.learner import Learner
from zoo.utils.errors import ZooError, cut

FORMAT = 4
MOST_TEXT = 16 * 2**20  # bytes of task.json
MOST_ROWS = 10**7  # examples that a task was learned from
TYPES = {"format": int, "learner": dict, "flat": bool, "summarised": int, "notes": dict, "classes": list, "summary": bool}
TYPES |= {"interface": dict, "model": str, "columns": dict}
ARRAY_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def about(path: Path) -> dict[str, Any]:
    """Read `task.json`: names and types of its values.

    Raises:
        ZooError: for a format that this version does not know.
        ValueError: for anything else that is wrong, in words.
        OSError: if it cannot be read.
    """
    if path.stat().st_size > MOST_TEXT or not path.is_file():
        raise ValueError(f"{path.name} is no file of at most {MOST_TEXT:,} bytes")
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError(f"{path.name} is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__} and no object")
    known = found.get("format")
    if isinstance(known, int) and known != FORMAT:
        raise ZooError(
            f"{path} has format {_short(known)}, and this version of the zoo reads {FORMAT}; update fewshot-zoo, or learn again."
        )
    for name, kind in TYPES.items():
        if type(found.get(name)) is not kind:
            raise ValueError(
                f"{path.name}: {name!r} is {_short(found.get(name))}, but a value of type {kind.__name__} was expected"
            )
    for name in ("name", "sha256"):
        if not isinstance(found["learner"].get(name), str):
            raise ValueError(f"{path.name}: the {name} of its learner is {_short(found['learner'].get(name))} and no text")
    if not 0 <= found["summarised"] <= MOST_ROWS:
        raise ValueError(f"{path.name}: 'summarised' is {_short(found['summarised'])}, but 0 to {MOST_ROWS:,} was expected")
    _check_classes(found["classes"])
    return found


def check_labels(found: dict[str, Any], learner: Any) -> None:
    """Check that a learner answers as the labels of a task were given.

    Raises:
        ValueError: if it does not, in words.
    """
    if not isinstance(learner, Learner):
        raise ValueError(f"{learner.title} learns no tasks")
    labels, count = learner.labels, len(found["classes"])
    if labels.are_classes != bool(count):
        raise ValueError(f"it has {count} classes, and {learner.title} learns {'' if labels.are_classes else 'no '}classes")
    most = labels.shape.sizes[-1] if labels.are_classes else None
    if most is not None and count > most:
        raise ValueError(f"it has {count} classes, and {learner.title} tells {most} apart")
    if found["flat"] and labels.answer.numbers != 1:
        raise ValueError(f"'flat' is true, and {learner.title} answers with {labels.answer.numbers} numbers")


def columns(found: dict[str, Any], learner: Learner) -> Columns | None:
    """The rule of the columns of a task; None where its learner reads no tables.

    Raises:
        ValueError: if there is one and its learner reads no tables, or the other way round, or it is damaged, in words.
    """
    if learner.reads_tables != bool(found["columns"]):
        reads, has = ("", "no") if learner.reads_tables else ("no ", "a")
        raise ValueError(f"it has {has} rule of columns, and {learner.title} reads {reads}tables")
    return Columns.from_json(found["columns"]) if learner.reads_tables else None


def check_notes(notes: dict[str, Any], learner: Learner) -> None:
    """Check those notes that the command line reads: names of columns, and how pictures were read.

    Raises:
        ValueError: for one of another form, in words.
    """
    for name, count in (("examples", learner.example.numbers), ("labels", learner.labels.shape.numbers)):
        named = notes.get(name, ())
        if name in notes and not (isinstance(named, list) and all(isinstance(column, str) for column in named)):
            raise ValueError(f"the note {name!r} is {_short(named)}, but a list of names of columns was expected")
        if name in notes and count is not None and len(named) != count:
            raise ValueError(f"the note {name!r} names {len(named)} columns, but {learner.title} has {count} of {name}")
    if "embeddings" in notes and not all(isinstance(name, str) for name in _listed(notes["embeddings"])):
        raise ValueError(f"the note 'embeddings' is {_short(notes['embeddings'])}, but a list of names of columns was expected")
    if "pictures" in notes:
        from zoo.datasets.images.image_folder import read_pictures

        pictures, sizes = notes["pictures"], learner.example.sizes
        if not isinstance(pictures, dict) or not set(pictures) <= set(inspect.signature(read_pictures).parameters) - {
            "paths",
            "read",
        }:
            raise ValueError(f"the note 'pictures' is {_short(pictures)}, but arguments of read_pictures were expected")
        wanted = {"size": sizes[0], "channels": sizes[-1]}
        if len(sizes) != 3 or wanted | pictures != pictures | wanted:
            raise ValueError(f"the note 'pictures' is {_short(pictures)}, but an example of {learner.title} is {list(sizes)}")


def learned(path: Path, learner: Learner, ways: int, width: int | None = None) -> dict[str, np.ndarray]:
    """Read the learned task of a learner.

    Args:
        path: of the archive.
        learner: that learned it.
        ways: how many classes it has.
        width: how many numbers a row of its table has, where the learner reads tables.

    Raises:
        ValueError: for arrays of other names, types or sizes, or numbers that are not finite, in words.
        Exception: what NumPy and zipfile raise of damaged files.
    """
    sizes = {"ways": ways} | ({} if width is None else {str(learner.example.axes[0]): width})
    return _arrays(path, learner.task_arrays(), sizes)


def summary(path: Path, learner: Learner) -> dict[str, np.ndarray]:
    """Read what is kept of a support; as `learned`."""
    specs = learner.summary_arrays()
    if not specs:
        raise ValueError(f"{path.name} is kept by no task of {learner.title}")
    return _arrays(path, specs, {})


def _arrays(path: Path, specs: Mapping[str, ArraySpec], sizes: dict[str, int]) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise ValueError(f"{path.name} is missing")
    with zipfile.ZipFile(path) as archive:
        parts = {part.filename.removesuffix(".npy"): part for part in archive.infolist()}
        if set(parts) != set(specs) or len(archive.infolist()) != len(specs):
            raise ValueError(f"{path.name} holds {_short(', '.join(sorted(parts)))}, but {', '.join(sorted(specs))} was expected")
        found = {}
        for name, part in parts.items():
            if part.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{path.name} is compressed")
            with archive.open(part) as file:
                found[name] = _array(f"{path.name}: {name}", file, part.file_size, specs[name], sizes)
    return found


def _array(what: str, file: Any, size: int, spec: ArraySpec, sizes: dict[str, int]) -> np.ndarray:
    """Read one array of an archive that has `size` bytes; `sizes` holds, and gets, the size of each named axis."""
    version = np.lib.format.read_magic(file)
    if version not in ARRAY_HEADERS:
        raise ValueError(f"{what} has version {version} of NumPy's format, but 1.0 or 2.0 was expected")
    try:
        shape, fortran, kind = ARRAY_HEADERS[version](file)
    except Exception as error:  # NumPy reads a header as Python's own text, and raises all that Python does of a damaged one
        raise ValueError(f"{what} has a damaged header ({cut(error)})") from None
    if kind != np.dtype(spec.dtype):
        raise ValueError(f"{what} holds {kind}, but {spec.dtype} was expected")
    wanted = [1, *spec.sizes]
    if len(shape) == len(wanted):
        named = zip(wanted, (None, *spec.names), shape, strict=True)
        wanted = [sizes.setdefault(name, found) if size is None and name else size for size, name, found in named]
    if list(shape) != wanted or 0 in shape:
        expected = ", ".join("any" if length is None else str(length) for length in wanted)
        raise ValueError(f"{what} has shape {list(shape)}, but [{expected}] was expected")
    count = math.prod(shape)
    if count * kind.itemsize != size - file.tell():
        raise ValueError(f"{what} declares {count:,} numbers, but holds {size - file.tell():,} bytes")
    values = np.frombuffer(file.read(), kind).reshape(shape, order="F" if fortran else "C").copy()
    if not np.isfinite(values).all():
        raise ValueError(f"{what} holds NaN or infinity")
    return values


def _check_classes(classes: list) -> None:
    kinds = {type(name) for name in classes}
    if len(kinds) > 1 or not kinds <= {str, int, bool, float}:
        raise ValueError(f"its classes are {_short(classes)}, but names or whole numbers, all of one kind, were expected")
    if len(set(classes)) != len(classes):
        raise ValueError(f"its classes are {_short(classes)}, and some are the same")
    if kinds == {int} and not all(-(2**63) <= number < 2**63 for number in classes):
        raise ValueError(f"its classes are {_short(classes)}, and some have more than 64 bits")
    check_names(classes)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _no_number(text: str) -> float:
    raise ValueError(f"it holds {text}, which is no number of JSON")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f"{text[:60]} …" if len(text) > 60 else text
