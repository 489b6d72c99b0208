"""Files and folders that appear whole or not at all: written aside, flushed, then renamed into place."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import ZooError


@contextlib.contextmanager
def written_aside(path: str | Path, force: bool = False) -> Iterator[Path]:
    """Yield a free path beside `path` to write a file or folder to; rename it into place when the block ends well.

    Args:
        path: where the result must appear; parents are created.
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
        if path.exists():
            path.rename(aside / "replaced")
        (aside / path.name).rename(path)
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
    """Make a file, or every file of a folder, durable before it is renamed."""
    for file in [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
