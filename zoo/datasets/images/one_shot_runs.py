"""Lake's own 20 runs, read from `all_runs.zip` of the Omniglot repository: 20 drawings to learn from and 20 to classify each.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015. A folder
`run01` … `run20` holds `training/class01.png` … `class20.png`, characters of one alphabet by one drawer,
`test/item01.png` … `item20.png`, the same characters by another, and `class_labels.txt`, which says which item is of which class.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from zoo.datasets.images.omniglot import SIDE
from zoo.utils.errors import ZooError, cut

RUNS, WAYS = 20, 20
LABELS = "class_labels.txt"
ARCHIVE_BYTES, MEMBER_BYTES = 2**24, 2**16  # that of the release has 0.4 MB, and its members less than a kilobyte each
# What damaged archives and pictures raise: Pillow's errors are OSError, ValueError or SyntaxError.
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)


class OneShotRuns(NamedTuple):
    """The runs, as released.

    training: whether there is ink, bool `[20, 20, 105, 105]`: a drawing of every class of every run.
    test: the same of the drawings to classify.
    answer: the class of each of these, from 0, int64 `[20, 20]`.
    """

    training: np.ndarray
    test: np.ndarray
    answer: np.ndarray


def read_runs(path: str | Path) -> OneShotRuns:
    """Read and check `all_runs.zip`.

    Raises:
        ZooError: if the file is not there, is damaged, or holds anything else than the 20 runs.
    """
    try:
        size = Path(path).stat().st_size
        if size > ARCHIVE_BYTES:
            raise _wrong(path, f"it has {size:,} bytes, more than {ARCHIVE_BYTES:,}")
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member for member in archive.infolist()}

            def read(name: str) -> bytes:
                if name not in members:
                    raise _wrong(path, f"{name} is missing")
                if members[name].file_size > MEMBER_BYTES:
                    raise _wrong(path, f"{name} has {members[name].file_size:,} bytes, more than {MEMBER_BYTES:,}")
                if members[name].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _wrong(path, f"{name} is packed by a method that the release does not use")
                try:
                    return archive.read(members[name])
                except _DAMAGE as error:
                    raise _wrong(path, f"{name} is damaged ({cut(error)})") from None

            runs = [_run(path, f"run{number:02d}", read) for number in range(1, RUNS + 1)]
    except ZooError:
        raise
    except _DAMAGE as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise _wrong(path, cut(reason)) from None
    return OneShotRuns(*(np.stack(parts) for parts in zip(*runs, strict=True)))


def _wrong(path: str | Path, what: str) -> ZooError:
    return ZooError(
        f"{str(path)!r} is not Lake's 20 runs: {what}; give all_runs.zip as it is in the folder one-shot-classification of "
        "https://github.com/brendenlake/omniglot."
    )


def _run(path: str | Path, run: str, read: Callable[[str], bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The drawings and the answers of one run."""
    sides = (f"{run}/training/class", f"{run}/test/item")
    training, test = (
        np.stack([_ink(path, name := f"{side}{number:02d}.png", read(name)) for number in range(1, WAYS + 1)]) for side in sides
    )
    name = f"{run}/{LABELS}"
    pairs = re.findall(
        rf"^{run}/test/item(\d\d)\.png[ \t]+{run}/training/class(\d\d)\.png[ \t]*$",
        read(name).decode("utf-8", "replace").replace("\r", ""),
        re.MULTILINE | re.ASCII,
    )
    known = {int(item): int(label) for item, label in pairs}
    wanted = list(range(1, WAYS + 1))
    if len(pairs) != WAYS or sorted(known) != wanted or sorted(known.values()) != wanted:
        raise _wrong(path, f"{name} does not give each of the {WAYS} items a class of its own")
    return training, test, np.array([known[item] - 1 for item in wanted])


def _ink(path: str | Path, name: str, data: bytes) -> np.ndarray:
    """Where a drawing has ink, bool `[105, 105]`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, which are not about what the user did
            with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
                if picture.size != (SIDE, SIDE):
                    raise _wrong(path, f"{name} has {picture.size[0]} x {picture.size[1]} pixels, not {SIDE} x {SIDE}")
                tones = np.asarray(picture.convert("L"))
    except ZooError:
        raise
    except _DAMAGE as error:
        raise _wrong(path, f"{name} cannot be read as a picture ({cut(error)})") from None
    if not np.isin(tones, (0, 255)).all() or tones.min() == tones.max():
        raise _wrong(path, f"{name} is no drawing in black on white")
    return tones == 0
