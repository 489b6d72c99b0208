"""Files of learners, `.keras`: a whole one with its configuration, its weights, its members or its bytes exchanged."""

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from hypothesis import strategies as st

from fuzz import learners
from fuzz.damage import damaged, json_texts
from fuzz.kind import Kind
from zoo.hub import registry

NAMES = (learners.MEAN, learners.CLASSES, learners.STEPS)
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
HOSTILE = ("../out.txt", "/tmp/out.txt", "a\nb", "a" * 4000, "assets/x", "CONFIG.JSON", "config.json", "C:\\x")
LARGE = (2, 3, 100, 3000, 4096, 5000, 2**31, 0, -1, 1.5, "8", None, True)
WIDE = ([4096] * 3, [8] * 300, [4096], [], [[8]], [0], [-8], ["a"], [1.5], [2**40])


@dataclass(frozen=True)
class File:
    """The learner whose file it was, what the file holds now, None for the whole one, and which of its parts are other ones."""

    learner: str
    data: bytes | None = field(default=None, repr=False)
    what: str = ""


def _parts(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(learners.home(name) / learners.KERAS_FILE) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


@st.composite
def _files(draw: st.DrawFn) -> File:
    name = draw(st.sampled_from(NAMES))
    if draw(st.integers(0, 5)) == 0:
        return File(name, draw(damaged((learners.home(name) / learners.KERAS_FILE).read_bytes())))
    parts: dict[str, Any] = _parts(name)
    match draw(st.sampled_from(["config", "config", "size", "size", "weights", "bytes", "member"])):
        case "config":
            parts[CONFIG] = draw(json_texts(json.loads(parts[CONFIG])))
        case "size":
            parts[CONFIG] = draw(_sizes(json.loads(parts[CONFIG])))
        case "weights":
            parts[WEIGHTS] = draw(_weights(parts[WEIGHTS]))
        case "bytes":
            part = draw(st.sampled_from(sorted(parts)))
            parts[part] = draw(damaged(parts[part]))
        case _:
            other = draw(st.sampled_from(sorted(parts)))
            match draw(st.sampled_from(["lost", "renamed", "more", "metadata"])):
                case "lost":
                    del parts[other]
                case "renamed":
                    parts[draw(st.sampled_from(HOSTILE))] = parts.pop(other)
                case "more":
                    parts[draw(st.sampled_from(HOSTILE))] = draw(st.sampled_from([b"", b"x" * 1000, parts[CONFIG]]))
                case _:
                    parts["metadata.json"] = draw(json_texts(json.loads(parts["metadata.json"])))
    whole = _parts(name)
    what = ", ".join(part for part in {**whole, **parts} if whole.get(part) != parts.get(part))
    if parts.get(CONFIG) != whole[CONFIG]:
        what += f": {parts.get(CONFIG, b'')[:2000]!r}"
    return File(name, _zipped(parts, draw(st.sampled_from([zipfile.ZIP_STORED] * 3 + [zipfile.ZIP_DEFLATED]))), what)


@st.composite
def _sizes(draw: st.DrawFn, config: dict[str, Any]) -> bytes:
    """A configuration with other arguments of the learner."""
    own = config["config"]["config"]
    for _ in range(draw(st.sampled_from([1, 1, 2, 4]))):
        key = draw(st.sampled_from(sorted(own)))
        if isinstance(own[key], list):
            own[key] = draw(st.sampled_from(WIDE))
        elif isinstance(own[key], str):
            own[key] = draw(st.sampled_from(["relu", "tanh", "nothing", "pool", "cosine", "a\nb", "a" * 3000, 5]))
        elif isinstance(own[key], bool):
            own[key] = draw(st.sampled_from([not own[key], 1, "yes"]))
        else:
            own[key] = draw(st.sampled_from(LARGE))
    return json.dumps(config).encode()


@st.composite
def _weights(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file of weights of which one array is another, gone, or declared far larger than it is."""
    file = io.BytesIO(whole)
    with h5py.File(file, "r+") as weights:
        found: list[str] = []
        weights.visititems(lambda name, part: found.append(name) if isinstance(part, h5py.Dataset) else None)
        name = draw(st.sampled_from(sorted(found)))
        values = weights[name][()]
        del weights[name]
        match draw(st.sampled_from(["lost", "shape", "type", "nan", "text", "group", "large", "scalar"])):
            case "shape":
                weights[name] = np.concatenate([np.atleast_1d(values)] * 2)
            case "type":
                weights[name] = values.astype(draw(st.sampled_from(["i4", "f8", "f2", "c8", "?"])))
            case "nan":
                weights[name] = values * np.float32(np.nan)
            case "text":
                weights[name] = "a text"
            case "group":
                weights.create_group(name)
            case "large":
                weights.create_dataset(
                    name, [draw(st.sampled_from([10**6, 10**8, 2**40]))], "f4", chunks=(1000,), compression="gzip"
                )
            case "scalar":
                weights[name] = np.float32(1)
    return file.getvalue()


def _zipped(parts: dict[str, bytes], how: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def _opened(given: File, folder: Path) -> None:
    path = folder / learners.KERAS_FILE
    whole = (learners.home(given.learner) / learners.KERAS_FILE).read_bytes()
    path.write_bytes(whole if given.data is None else given.data)
    learner = registry.load(str(path))
    assert learner.title == folder.name
    assert learner.count_params() > 0
    if given.data is None:
        for weight, other in zip(learner.get_weights(), learners.learner(given.learner).get_weights(), strict=True):
            np.testing.assert_array_equal(weight, other)


KIND = Kind("Keras files", 20, st.deferred(lambda: _files()), _opened, File(learners.MEAN))
