"""A user's own pictures: a folder with one sub-folder for each class, as labelled data, and a report of what was done to them."""

import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets.images.files_of_pictures import HEIF, class_folders, deeper, pictures_in
from zoo.datasets.images.picture import BLANK, STEPS, read_picture
from zoo.datasets.labelled import TEST, TRAINING, Labelled, Source, no_part
from zoo.utils.errors import ZooError, cut, listed
from zoo.utils.ranges import warn

UNLABELLED = "_unlabelled"  # name of a folder whose pictures have no label, where a learner makes something of them
Read = Callable[[Path, int, int, bool | None], tuple[Any, list[str]]]


@dataclass(frozen=True)
class Report:
    """What was done to pictures.

    Attributes:
        pictures: how many were read.
        size: pixels of a side that they have now.
        channels: 1 for grey, 3 for colour.
        steps: what was done, and to how many of them.
        skipped: files that could not be read, and why.
        left: files that are no pictures by name or content.
    """

    pictures: int
    size: int
    channels: int
    steps: tuple[tuple[str, int], ...]
    skipped: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The report in words, a line for each thing."""
        kind = "grey" if self.channels == 1 else "colour"
        lines = [f"{self.pictures} pictures, now {self.size} x {self.size} in {kind}"]
        lines += [f"{'all' if count == self.pictures else count} {step}" for step, count in self.steps]
        lines += [f"skipped {path}: {reason}" for path, reason in self.skipped]
        return lines + ([f"left out {len(self.left)} that are no pictures: {listed(self.left)}"] if self.left else [])

    def __str__(self) -> str:
        return "; ".join(self.lines())


def read_pictures(
    paths: Sequence[str | Path],
    size: int = 28,
    channels: int = 1,
    invert: bool | None = None,
    read: Read = read_picture,
) -> tuple[np.ndarray, list[Path], Report]:
    """Read pictures of any kind and size; one that cannot be read is named in a warning and left out.

    Args:
        paths: the files.
        size: pixels of a side that they shall have.
        channels: 1 for grey, 3 for colour.
        invert: see `zoo.datasets.images.picture.read_picture`.
        read: what reads one, as `read_picture` or to an array of its own, of which there is one for each picture.

    Returns:
        uint8 `[n, size, size, channels]`, the files that they came from, and what was done.

    Raises:
        ZooError: for a size below 1, or channels other than 1 and 3.
    """
    if size < 1 or channels not in (1, 3):
        raise ZooError(f"size={size}, channels={channels}: give a size of 1 or more, and 1 channel (grey) or 3 (colour).")
    found, done, skipped, steps = [], [], [], Counter[str]()
    for path in map(Path, paths):
        try:
            array, taken = read(path, size, channels, invert)
        except Exception as error:  # a damaged file fails in as many ways as there are formats
            reason = f"{type(error).__name__}: {cut(error, 200)}"
            if path.suffix.lower() in HEIF:
                reason = "pip install pillow-heif to read HEIC"
            warn(f"{path} cannot be read as a picture and is skipped ({reason}).")
            skipped.append((str(path), reason))
            continue
        if BLANK in taken:
            warn(f"{path} is {BLANK}; look at it, and take it out or choose --invert, invert=.")
        found.append(array)
        done.append(path)
        steps.update(taken)
    x = np.stack(found) if found else np.zeros([0, size, size, channels], np.uint8)
    counted = tuple((step, steps[step]) for step in STEPS if steps[step])
    return x, done, Report(len(done), size, channels, counted, tuple(skipped))


def read_folder(
    folder: str | Path,
    size: int = 28,
    channels: int = 1,
    invert: bool | None = None,
    read: Read = read_picture,
    unlabelled: bool = False,
    least: int = 2,
) -> tuple[Labelled, Report]:
    """Read `folder/<class>/<pictures>`; the name of a sub-folder is that of its class, but pictures in `_unlabelled` have none.

    Args:
        folder: has a sub-folder for each class; in it, PNG, JPEG, GIF, BMP, WebP, TIFF, AVIF or PPM pictures of any
            size and colour, and HEIC where pillow-heif is installed.
        size: pixels of a side that they shall have.
        channels: 1 for grey, 3 for colour.
        invert: see `zoo.datasets.images.picture.read_picture`.
        read: what reads one picture, see `read_pictures`.
        unlabelled: whether to read pictures without a label too, for a learner that makes something of them.
        least: how many classes there must be; 0 where pictures without a label will do.

    Returns:
        the pictures by class, in order of name, and what was done to them. Those without a label are a class named `UNLABELLED`;
        see `names_of`.

    Raises:
        ZooError: if there is no such folder, or fewer classes than `least` with a picture that can be read.

    Warns:
        UserWarning: where pictures without a label are left out.
    """
    folder = Path(folder)
    classes = _classes(folder, unlabelled)
    found = {name: [pictures_in(path) for path in paths] for name, paths in classes.items()}
    files = {name: [file for pictures, _ in parts for file in pictures] for name, parts in found.items()}
    if not any(files.values()):
        loose = len(pictures_in(folder)[0])
        here = f"has {loose} pictures, but in no sub-folder" if loose else "holds no pictures"
        raise ZooError(f"{folder} {here}; put them in sub-folders, one for each class, named as the class is called.")
    x, done, report = read_pictures([path for each in files.values() for path in each], size, channels, invert, read)
    report = replace(report, left=tuple(other for parts in found.values() for _, others in parts for other in others))
    owner = {path: name for name, each in files.items() for path in each}
    counts = Counter(owner[path] for path in done)
    for name, paths in classes.items():
        if len(paths) > 1:
            warn(f"{folder} spells {name!r} in {len(paths)} ways that look the same; the folders are one class.")
        if not counts[name]:
            warn(f"{paths[0]} holds no picture that can be read; the class {name!r} is left out.")
    names = [name for name in files if counts[name]]
    known = [name for name in names if name != UNLABELLED]
    if len(known) < least or not names:
        none = "pictures without a label only" if names else "no picture that can be read"
        only = f"one class only, {known[0]!r}" if known else none
        hint = deeper(classes[known[0]][0]) if known else ""
        raise ZooError(f"{folder} holds {only}{hint or '; give two classes or more, each in a sub-folder of its own'}.")
    return Labelled(x, tuple(names), np.array([counts[name] for name in names])), report


def _classes(folder: Path, unlabelled: bool) -> dict[str, list[Path]]:
    """The folders of each class, with pictures without a label among them or left out."""
    if not folder.is_dir():
        raise ZooError(f"{folder} is not a folder; give one with a sub-folder of pictures for each class.")
    classes = class_folders(folder)
    if UNLABELLED in classes and not unlabelled:
        warn(f"{classes.pop(UNLABELLED)[0]} has pictures without a label, which only some learners use; they are left out.")
        if not classes:
            raise ZooError(f"{folder} holds pictures without a label only; give classes too, each in a sub-folder of its own.")
    return classes


def names_of(data: Labelled) -> list[str | None]:
    """The class of every picture of a folder that was read, as `learn` takes them: None for those in `_unlabelled`."""
    names = [None if name == UNLABELLED else str(name) for name in data.names]
    return [names[label] for label in data.labels]


@dataclass(frozen=True)
class ImageFolder(Source):
    """A folder of pictures as a source of classes for training and test; read once in a process.

    Attributes:
        path: the folder, see `read_folder`.
        size: pixels of a side that the pictures shall have.
        channels: 1 for grey, 3 for colour.
        invert: see `zoo.datasets.images.picture.read_picture`.
        held_out: share of the classes that are kept for the test, rounded to whole classes; their names decide which.
    """

    path: str
    size: int = 28
    channels: int = 1
    invert: bool | None = None
    held_out: float = 0.25

    def __post_init__(self) -> None:
        if not 0 <= self.held_out <= 1:
            raise ZooError(f"held_out={self.held_out}: give the share of the classes that are for the test, from 0 to 1.")

    def load(self, part: str) -> Labelled:
        """Classes of "train" or "test"; there is no validation."""
        data, _ = _read(self.path, self.size, self.channels, self.invert)
        order = sorted(range(len(data.names)), key=lambda each: _digest(str(data.names[each])))
        held = round(self.held_out * len(order))
        classes = sorted(order[:held] if part == TEST else order[held:])
        if part not in (TRAINING, TEST) or not len(classes):
            raise no_part(self, part)
        return data.only(classes)


_read = functools.lru_cache(maxsize=4)(read_folder)


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode(errors="surrogateescape")).digest()  # a folder's name may be any bytes
