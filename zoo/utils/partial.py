"""Folders in which something is made beside the place where it will appear: locked in use, swept when their process died.

    .NAME.xxxxxxxx.partial/  new/NAME, what is made; old/NAME, what it replaces while the two change places; lock

A process that is killed leaves its folder behind, and its lock is released by the operating system. Whoever next works there
removes the folder. Where the process died with the old one moved away and the new one not yet in its place, the new one, which
was complete by then, takes the place.
"""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from zoo.utils import locks

NEW, OLD, LOCK, MAKING = "new", "old", "lock", "making"
ABANDONED = 24 * 3600  # seconds after which a folder without a lock counts as abandoned
LONGEST = 40  # characters of a name that its folder repeats, so that its own name is not too long
_NAME = re.compile(r"\.(?:.*\.)?[a-z0-9_]{8}\.partial", re.DOTALL)


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a folder beside `path`, with an empty `new/` and `old/` in it; remove it when the block ends.

    Raises:
        OSError: if it cannot be made there.
    """
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name[:LONGEST]}.", suffix=".partial", dir=path.parent))
    held = None
    try:
        with contextlib.suppress(OSError):  # a disk without locks: only age shows then what was abandoned
            (folder / MAKING).touch()
            held = locks.take(folder / MAKING)
            if held is not None:
                (folder / MAKING).rename(folder / LOCK)  # under this name it is locked from the start
        (folder / NEW).mkdir()
        (folder / OLD).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def sweep(place: Path) -> list[Path]:
    """Remove what processes that died left in a folder, and finish what they were about to; return what was removed."""
    removed = []
    with contextlib.suppress(OSError):  # a folder that is not there, or that may not be listed, has nothing to sweep
        for folder in [child for child in place.iterdir() if _NAME.fullmatch(child.name)]:
            with contextlib.suppress(OSError), _taken(folder) as abandoned:
                if abandoned:
                    _finish(folder)
                    shutil.rmtree(folder, ignore_errors=True)
                    removed.append(folder)
    return removed


@contextlib.contextmanager
def _taken(folder: Path) -> Iterator[bool]:
    """Whether a folder belongs to nobody any more, and the block may do with it what it likes."""
    try:
        held = locks.take(folder / LOCK)
    except OSError:  # its process died before it was locked, or the disk has no locks
        yield _is_old(folder) and {child.name for child in folder.iterdir()} <= {NEW, OLD, LOCK, MAKING}
        return
    try:
        yield held is not None
    finally:
        if held is not None:
            os.close(held)


def _finish(folder: Path) -> None:
    """Put in its place what was about to be replaced when the process died."""
    with contextlib.suppress(OSError):
        for old in (folder / OLD).iterdir():
            new, place = folder / NEW / old.name, folder.parent / old.name
            if not os.path.lexists(place):
                (new if os.path.lexists(new) else old).rename(place)


def _is_old(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > ABANDONED
    return False
