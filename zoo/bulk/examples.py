"""One task's examples out of a column of lists: numbers, rows of a table, or pictures by path or by their bytes."""

import io
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa

from zoo.bulk.ragged import is_list, is_text, level
from zoo.datasets.tables.given_table import GivenTable
from zoo.utils.errors import ZooError, cut


@final
class Examples:
    """Reads what a user's column holds as what `learn` and `predict` take.

    Pictures are read once for a table, however many tasks show them.

    Args:
        learner: a `Learner`.
        pictures: the folder that relative paths of pictures start from.
        invert: see `zoo.datasets.images.picture.read_picture`.
    """

    def __init__(self, learner: Any, pictures: str = "", invert: bool | None = None):
        self.learner, self._folder, self._invert = learner, Path(pictures), invert
        self._read: dict[Any, np.ndarray] = {}

    def __call__(self, name: str, values: pa.Array) -> Any:
        """The examples of one task; `name` is of their column, for messages.

        Raises:
            ZooError: for what cannot be read.
        """
        if pa.types.is_struct(values.type):
            return self._table(name, values)
        if self._shows_pictures and (is_text(values.type) or _is_binary(values.type)):
            return self._pictures(name, values)
        found = nested(values)
        sizes = self.learner.example.sizes
        flat = found.ndim == 2 and None not in sizes and found.shape[1] == int(np.prod(sizes))
        return found.reshape(-1, *sizes) if flat else found

    @property
    def _shows_pictures(self) -> bool:
        shape = self.learner.example.sizes
        return len(shape) == 3 and shape[0] == shape[1] and shape[2] in (1, 3)

    def _table(self, name: str, values: pa.StructArray) -> GivenTable:
        if not len(values):
            raise ZooError(f"{name} is empty; give at least one row.")
        columns = tuple(_cells(column) for column in values.flatten())
        return GivenTable(name, tuple(field.name for field in values.type), columns)

    def _pictures(self, name: str, values: pa.Array) -> np.ndarray:
        files = values.to_pylist()
        if not files or None in files:
            raise ZooError(f"{name} {'holds no pictures' if not files else 'lacks a picture (null)'}; give a path for each.")
        return np.stack([self._picture(file) for file in files])

    def _picture(self, file: str | bytes) -> np.ndarray:
        """Tones from 0 to 1, float32 `[size, size, channels]`."""
        from zoo.datasets.images.picture import read_picture

        if file not in self._read:
            size, _, channels = self.learner.example.sizes
            source: Any = io.BytesIO(file) if isinstance(file, bytes) else self._folder / file
            try:
                array, _ = read_picture(source, size, channels, self._invert)
            except Exception as error:  # a damaged file fails in as many ways as there are formats
                shown = "a picture" if isinstance(file, bytes) else file
                raise ZooError(f"{shown} cannot be read as a picture ({type(error).__name__}: {cut(error, 200)}).") from None
            self._read[file] = array.astype(np.float32) / 255
        return self._read[file]

    def forget(self) -> None:
        """Drop the pictures that were read."""
        self._read.clear()


def labels_of(values: pa.Array, are_classes: bool) -> Any:
    """The labels of one task, as `learn` takes them."""
    return values.to_pylist() if are_classes else nested(values)


def nested(values: pa.Array) -> np.ndarray:
    """Numbers, or lists of them as deep as they go, as one array; texts as objects.

    Raises:
        ZooError: where lists are of different lengths, or missing.
    """
    if not is_list(values.type):
        return values.to_numpy(zero_copy_only=False)
    bounds, inner, there = level(values)
    sizes = np.diff(bounds)
    if not there.all():
        raise ZooError(f"row {int(np.argmin(there))} is missing (null); leave it out.")
    if len(np.unique(sizes)) > 1:
        raise ZooError(f"its rows have from {sizes.min()} to {sizes.max()} numbers; give all of them the same.")
    found = nested(inner)
    return found.reshape(len(values), int(sizes[0]) if len(sizes) else 0, *found.shape[1:])


def _cells(column: pa.Array) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_boolean(column.type) or is_text(column.type):
        return np.array(column.to_pylist(), dtype=object)
    return column.to_numpy(zero_copy_only=False)


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
