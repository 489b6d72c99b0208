"""Atomic files and folders: written aside, flushed, then renamed into place."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zoo.utils.errors import ZooError


@contextlib.contextmanager
def written_aside(path: str | Path, force: bool = False) -> Iterator[Path]:
    """Yield a free path beside `path` to write a file or folder to; rename it into place when the block ends well.

    Args:
        path: where the result appears; parents are created.
        force: whether something already there may be replaced.

    Raises:
        ZooError: if `path` exists and `force` is false; checked before and after the block.
    """
    path = Path(path)
    refuse_existing(path, force)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        yield aside / path.name
        flush(aside / path.name)
        refuse_existing(path, force)
        if path.exists() and not (path.is_file() and (aside / path.name).is_file()):  # a file replaces a file in one step
            path.rename(aside / "replaced")
        (aside / path.name).rename(path)
        sync(path.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_existing(path: str | Path, force: bool) -> None:
    """Refuse to write where something is.

    Raises:
        ZooError: if `path` exists and `force` is false.
    """
    if Path(path).exists() and not force:
        raise ZooError(f"{path} exists already; choose another place, or pass force=True (--force) to replace it.")


def flush(path: Path) -> None:
    """Make a file, or every file and folder in a folder, durable before it is renamed."""
    for inner in path.rglob("*"):
        sync(inner)
    sync(path)


def sync(path: Path) -> None:
    """Make the contents of one file, or the names in one folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL or not path.is_dir():  # some network disks refuse this of a folder
            raise
    finally:
        os.close(descriptor)


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
