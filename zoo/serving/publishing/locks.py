"""Locks on files that the operating system lets go when their holder dies, so that nobody waits for the dead."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock of a file while the block runs, after whoever holds it now; the file is made if there is none.

    On a disk that knows no locks the block runs without.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def take(path: Path) -> int | None:
    """Lock an existing file without waiting; return its descriptor, whose closing unlocks, or None if somebody holds it.

    Raises:
        OSError: if there is no such file, or its disk knows no locks.
    """
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
