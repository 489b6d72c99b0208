"""Locks on files, released by the operating system when their process ends, so that a crash blocks no other process."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock of a file while the block runs, waiting for it if necessary; the file is made if there is none.

    On a disk or system without locks the block runs without one.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):
            _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def take(path: Path) -> int | None:
    """Lock an existing file without waiting; return its descriptor, whose closing unlocks it, or None if it is locked.

    Raises:
        OSError: if there is no such file, or its disk or system has no locks.
    """
    descriptor = os.open(path, os.O_RDWR)
    try:
        _lock(descriptor, wait=False)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int, wait: bool = True) -> None:
    try:
        import fcntl
    except ImportError as error:  # not a POSIX system
        raise OSError(f"no locks ({error})") from None
    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
