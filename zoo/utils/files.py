"""Atomic files and folders: written aside, flushed, then renamed into place; what others made there is never replaced."""

import contextlib
import ctypes
import errno
import fnmatch
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from zoo.utils import partial
from zoo.utils.errors import ZooError

Foreign = Callable[[Path], Path | None]  # the first thing at or below a path that must not be replaced; None where there is none

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)  # of writing, whatever file the error names
_NO_REPLACE, _EXCHANGE, _HERE = 1, 2, -100  # of renameat2: its two flags, and AT_FDCWD


def is_file(path: Path) -> bool:
    """Whether a path leads to a file; one that is too long, or leads in a circle, leads to none."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder; as `is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False


def other_than_a_file(path: Path) -> Path | None:
    """What a file must not replace: anything but a file."""
    return path if path.is_dir() or (path.exists() and not path.is_file()) else None


def other_than(*patterns: str) -> Foreign:
    """What a folder must not replace: a file, or a folder that holds more than these relative paths, in which `*` means any."""
    known = [pattern.split("/") for pattern in patterns]

    def is_known(parts: tuple[str, ...]) -> bool:
        return any(len(parts) == len(each) and all(map(fnmatch.fnmatchcase, parts, each)) for each in known)

    def foreign(path: Path) -> Path | None:
        if not path.is_dir():
            return path if path.exists() else None
        return next((inner for inner in path.rglob("*") if not is_known(inner.relative_to(path).parts)), None)

    return foreign


@contextlib.contextmanager
def written_aside(path: str | Path, force: bool = False, foreign: Foreign = other_than_a_file) -> Iterator[Path]:
    """Yield a free path beside `path` to write a file or folder to; rename it into place when the block ends well.

    What it replaces is there until the new one is, and either is there when the process is killed; see `partial`.

    Args:
        path: where the result appears; parents are created.
        force: whether something already there may be replaced.
        foreign: what may not be replaced even so, because the zoo did not write it; by default all but files.

    Raises:
        ZooError: if `path` exists and `force` is false, or holds something foreign, checked before and after the block; or if it
            cannot be written.
    """
    given, path = str(path), Path(path)
    if path.name in ("", ".."):
        raise ZooError(f"{given!r} ends in no name; give the name of the file or folder to write.")
    refuse_existing(path, force, foreign)
    with contextlib.ExitStack() as stack:
        with _named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.sweep(path.parent)
            folder = stack.enter_context(partial.beside(path))
        new, old = folder / partial.NEW / path.name, folder / partial.OLD / path.name
        try:
            yield new
        except OSError as error:
            if error.errno in _DISK or str(error.filename or "").startswith(str(folder)):
                raise _unwritable(path, error) from None
            raise
        with _named(path):
            flush(new)
            _place(new, path, old, force, foreign)
            sync(path.parent)


def refuse_existing(path: str | Path, force: bool, foreign: Foreign | None = None) -> None:
    """Refuse to write where something is.

    Raises:
        ZooError: if `path` exists and `force` is false, or holds something foreign.
    """
    path = Path(path)
    with _named(path):
        if not _is_there(path):
            partial.sweep(path.parent)  # which brings back what a process that was killed had moved away
            if not _is_there(path):
                return
        if not force:
            raise _exists(path)
        found = foreign(path) if foreign else None
    if found is not None:
        what = "it is nothing that the zoo wrote" if found == path else f"{found} is nothing that the zoo wrote"
        raise ZooError(f"{path} is not replaced, as {what}; choose another place, or move it away first.")


def _exists(path: Path) -> ZooError:
    return ZooError(f"{path} exists already; choose another place, or pass force=True (--force) to replace it.")


def _unwritable(path: Path, error: OSError | ValueError) -> ZooError:
    reason = error.strerror if isinstance(error, OSError) else None  # a ValueError: a path with a NUL in it
    return ZooError(f"{str(path)!r} cannot be written: {reason or error}; choose another place.")


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Make an error of the operating system one line that names the path."""
    try:
        yield
    except ZooError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def _is_there(path: Path) -> bool:
    """Whether something is there, be it a link to nothing.

    Raises:
        OSError: if nothing can be there, such as below a file.
    """
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    return True


def _place(new: Path, path: Path, old: Path, force: bool, foreign: Foreign) -> None:
    """Rename `new` to `path`, and what is there to `old` or `new`; in one step where the system can."""
    if not force:
        if not _renameat2(new, path, _NO_REPLACE):
            refuse_existing(path, force)
            new.rename(path)
        return
    refuse_existing(path, force, foreign)
    if new.is_file() or not _is_there(path):  # a file replaces a file in one step
        new.rename(path)
    elif not _renameat2(new, path, _EXCHANGE):
        path.rename(old)
        try:
            new.rename(path)
        except OSError:
            old.rename(path)
            raise


def _renameat2(source: Path, target: Path, flag: int) -> bool:
    """Linux' rename with a flag; false where the C library, the kernel or the disk does not know it, or it fails.

    Raises:
        ZooError: if the target exists, and the flag says that it must not.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    if rename(_HERE, os.fsencode(source), _HERE, os.fsencode(target), flag) == 0:
        return True
    if ctypes.get_errno() == errno.EEXIST:
        raise _exists(target)
    return False


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
