"""Pictures that come divided into training, validation and test classes, as mini-ImageNet, tieredImageNet and CUB are passed on.

Two layouts are read: `train/`, `val/`, `test/` with a folder for each class; and that of S. Ravi, H. Larochelle, "Optimization as
a model for few-shot learning", 2017: `images/` with `train.csv`, `val.csv`, `test.csv` of the columns filename and label.
"""

import csv
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.datasets.images.cache import Arrays, kept
from zoo.datasets.images.files_of_pictures import class_folders, pictures_in
from zoo.datasets.images.image_folder import read_pictures
from zoo.datasets.labelled import PARTS, TEST, TRAINING, VALIDATION, Labelled, Source, no_part
from zoo.utils.errors import ZooError, listed

FOLDERS = {TRAINING: "train", VALIDATION: "val", TEST: "test"}
COLUMNS = ("filename", "label")
_RELEASE = 1  # raise it when the same pictures are read otherwise


@dataclass(frozen=True)
class SplitFolder(Source):
    """A folder of pictures that says itself which classes are for training, validation and test; kept in the cache as uint8.

    Attributes:
        path: the folder, in either layout.
        size: pixels of a side that the pictures shall have.
        channels: 1 for grey, 3 for colour.
        invert: see `zoo.datasets.images.picture.read_picture`; photographs are not inverted, so it is False.
    """

    path: str
    size: int = 84
    channels: int = 3
    invert: bool | None = False

    def load(self, part: str) -> Labelled:
        """The classes of "train", "validation" or "test".

        Raises:
            ZooError: for another part, no such folder, a table without the columns, one that names a picture that is not
                there, or pictures that cannot be read.
        """
        if part not in PARTS:
            raise no_part(self, part)
        return _read(self, part)


@functools.lru_cache(maxsize=6)
def _read(source: SplitFolder, part: str) -> Labelled:
    files = _files(Path(source.path), FOLDERS[part])
    order = sorted(files)
    every = [file for name in order for file in files[name]]
    stats = [(str(file), file.stat()) for file in every]
    stamp = hashlib.sha256(repr([(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]).encode()).hexdigest()
    what = f"split-{_RELEASE}-{part}-{source.size}-{source.channels}-{source.invert}-{stamp[:16]}"
    x = kept(what, functools.partial(_prepare, source, every))["x"]
    return Labelled(x, tuple(order), np.array([len(files[name]) for name in order]))


def _prepare(source: SplitFolder, files: Sequence[Path]) -> Arrays:
    x, _, report = read_pictures(files, source.size, source.channels, source.invert)
    if report.skipped:
        names = [Path(path).name for path, _ in report.skipped]
        raise ZooError(f"{source.path}: {len(names)} pictures cannot be read: {listed(names)}; unpack the data set again.")
    return {"x": x}


def _files(folder: Path, part: str) -> dict[str, list[Path]]:
    """The pictures of each class of a part."""
    table = folder / f"{part}.csv"
    if table.is_file():
        return _tabled(folder / "images", table)
    if (folder / part).is_dir():
        found = class_folders(folder / part).items()
        pictures = {name: [file for path in paths for file in pictures_in(path)[0]] for name, paths in found}
        classes = {name: files for name, files in pictures.items() if files}
        if classes:
            return classes
        raise ZooError(f"{folder / part} has no class with a picture; it holds a folder for each class.")
    raise ZooError(f"{folder} has neither {part}/ nor {part}.csv; give a folder with train, val and test of either.")


def _tabled(images: Path, table: Path) -> dict[str, list[Path]]:
    with open(table, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            raise ZooError(f"{table} has the columns {listed(rows.fieldnames or ())}; it needs filename and label.")
        classes: dict[str, list[Path]] = {}
        for row in rows:
            classes.setdefault(row["label"], []).append(images / row["filename"])
    absent = [file.name for files in classes.values() for file in files if not file.is_file()]
    if absent or not classes:
        why = f"{len(absent)} pictures that {images} has not: {listed(absent)}" if absent else "no picture"
        raise ZooError(f"{table} names {why}; unpack the data set again.")
    return classes
