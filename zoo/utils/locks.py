"""Locks on files, released by the operating system when their process ends, so that a crash blocks no other process."""

import os
from pathlib import Path


def take(path: Path) -> int | None:
    """Lock an existing file without waiting; return its descriptor, whose closing unlocks it, or None if it is locked.

    Raises:
        OSError: if there is no such file, or its disk or system has no locks.
    """
    try:
        import fcntl
    except ImportError as error:  # not a POSIX system
        raise OSError(f"no locks ({error})") from None
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
