"""Embeddings of pictures in the user's cache: a file that was embedded once is neither read as a picture nor embedded again.

An embedding lies under the weights and code of its learner, and in there under the bytes of the file and how it is read:

    embeddings/LEARNER/ab/cdef…   a line of JSON, what was done to the picture, then float32 numbers, then a checksum of both

Each is written aside and renamed, so that a reader finds the whole or nothing, whatever other processes do.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import numpy as np

from zoo.datasets.images import picture
from zoo.hub import prepared
from zoo.learners.parts import rows_at_once
from zoo.utils import cache

MOST = 20  # learners whose embeddings are kept; of more the oldest go
MOST_PICTURES = 100_000  # of one learner; what comes after is embedded each time
DIGEST = 16  # bytes of the checksum


@final
class EmbeddedPictures:
    """Reads pictures as their places in a table of embeddings, which `rows` completes: `read` is for `read_folder`.

    Pictures are embedded a part at a time, so that memory does not grow with their number but by their embeddings.

    Args:
        learner: whose weights came from a file, with `embedding_width`.
        embed: tones `[n, size, size, channels]` to embeddings, float32 `[n, D]`; called for what is not in the cache only.
    """

    def __init__(self, learner: Any, embed: Callable[[np.ndarray], Any]):
        self.width, self._embed = learner.embedding_width(), embed
        self.folder = folder(learner.origin["sha256"])
        self._table: list[np.ndarray | None] = []
        self._waiting: list[tuple[int, Path, np.ndarray, list[str]]] = []
        self.recalled = 0

    def read(self, path: Path, size: int, channels: int, invert: bool | None) -> tuple[Any, list[str]]:
        """The place of a picture in the table, and what was done to it; as `read_picture` otherwise."""
        how = f"{size} {channels} {invert}".encode()
        place = self._place(hashlib.sha256(path.read_bytes() + how).hexdigest())
        known = self._recall(place)
        if known is not None:
            self.recalled += 1
            self._table.append(known[0])
            return np.float32(len(self._table) - 1), known[1]
        array, steps = picture.read_picture(path, size, channels, invert)
        self._waiting.append((len(self._table), place, array, steps))
        self._table.append(None)
        if len(self._waiting) >= rows_at_once(array[None].astype(np.float32)):
            self._flush()
        return np.float32(len(self._table) - 1), steps

    def rows(self, places: np.ndarray) -> np.ndarray:
        """Embeddings of what was read, float32 `[n, D]`, by their places."""
        self._flush()
        found = [self._table[int(place)] for place in places]
        return np.stack(found) if found else np.zeros([0, self.width], np.float32)  # type: ignore[arg-type]

    def _flush(self) -> None:
        if not self._waiting:
            return
        tones = np.stack([array for _, _, array, _ in self._waiting]).astype(np.float32) / 255
        for (at, place, _, steps), row in zip(self._waiting, np.asarray(self._embed(tones), np.float32), strict=True):
            self._table[at] = row
            self._keep(place, row, steps)
        self._waiting.clear()

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def _recall(self, place: Path) -> tuple[np.ndarray, list[str]] | None:
        """An embedding and what was done to its picture; None where it is not there, or damaged."""
        try:
            data = place.read_bytes()
            content, digest = data[:-DIGEST], data[-DIGEST:]
            line, _, numbers = content.partition(b"\n")
            if _digest(content) != digest or len(numbers) != 4 * self.width:
                return None
            return np.frombuffer(numbers, np.float32), [str(step) for step in json.loads(line)]
        except (OSError, ValueError):
            return None

    def _keep(self, place: Path, row: np.ndarray, steps: list[str]) -> None:
        content = json.dumps(steps).encode() + b"\n" + np.ascontiguousarray(row).tobytes()
        with contextlib.suppress(OSError):  # a cache that cannot be written is none
            if not self.folder.exists():
                self.folder.mkdir(parents=True)
                _forget_old(self.folder.parent)
            if not place.parent.exists():
                place.parent.mkdir(exist_ok=True)
            if len(os.listdir(place.parent)) >= MOST_PICTURES // 256:
                return
            handle, aside = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".partial")
            with open(handle, "wb") as file:
                file.write(content + _digest(content))
            os.replace(aside, place)


def folder(sha256: str) -> Path:
    """Where the embeddings of a learner of such weights lie."""
    about = Path(picture.__file__).stat()
    made_by = f"{sha256}\n{prepared.code()}\n{about.st_size} {about.st_mtime_ns}"
    return cache.folder() / "embeddings" / hashlib.sha256(made_by.encode()).hexdigest()[:24]


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=DIGEST).digest()


def _forget_old(place: Path) -> None:
    found = sorted((each for each in place.iterdir() if each.is_dir()), key=lambda each: -each.stat().st_mtime)
    for old in found[MOST:]:
        shutil.rmtree(old, ignore_errors=True)
