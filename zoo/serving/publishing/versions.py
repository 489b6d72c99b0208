"""Version folders of a model, published atomically: filled beside the others, then renamed to a number; pruned on request.

TensorFlow Serving checks the folder of a model every second and loads every sub-folder named by an integer, so a version gets
its number only when it is complete. Until then its folder begins with a dot and ends in `.partial`, which servers ignore.
"""

import contextlib
import errno
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from zoo.utils import files, partial
from zoo.utils.errors import ZooError

HIGHEST = 2**63 - 1  # an int64
_INTEGER = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+[ \t\n\v\f\r]*")


def number(name: str) -> int | None:
    """The version that TensorFlow Serving takes a folder for, or None: `1`, `0001` and `+1` are 1, `v1` and `1.2` are none."""
    if not _INTEGER.fullmatch(name):
        return None
    value = int(name)
    return value if -HIGHEST - 1 <= value <= HIGHEST else None


def present(base: Path) -> dict[int, Path]:
    """Every version under the folder of a model, by number; of two names of one number, such as `1` and `001`, the shorter."""
    children = sorted(base.iterdir(), key=lambda child: len(child.name), reverse=True) if base.is_dir() else []
    return {version: child for child in children if (version := number(child.name)) is not None}


@contextlib.contextmanager
def staged(base: Path) -> Iterator[Path]:
    """Yield the path of a folder to make and fill, beside the versions; it is removed at the end unless it was renamed.

    A process that dies leaves its folder behind, which no server loads. The next one to publish here removes it.
    """
    base.mkdir(parents=True, exist_ok=True)
    partial.sweep(base)
    with partial.beside(base / "model") as aside:
        yield aside / partial.NEW / "model"


def check_free(base: Path, version: int) -> None:
    """Check that a version can be published.

    Raises:
        ZooError: if it is no version, or exists already.
    """
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= HIGHEST:
        raise ZooError(f"version={version!r}: pass a whole number from 1, or None for the next free one.")
    there = present(base)
    if version in there:
        raise ZooError(
            f"{there[version]} exists already, and a published version never changes: a server may have loaded it; "
            f"choose another number, or none for the next free one, {max(there) + 1}."
        )


def claim(folder: Path, base: Path, version: int | None = None) -> int:
    """Give a complete folder its number, in one rename that cannot replace another exporter's version.

    Args:
        folder: what to publish, on the same disk, durable already.
        base: the folder of the model.
        version: the number; by default the next after the highest, counting on where another exporter was faster.

    Raises:
        ZooError: if `version` exists.
    """
    while True:
        if version is not None:
            check_free(base, version)
        chosen = version or max([0, *present(base)]) + 1
        try:
            folder.rename(base / str(chosen))
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
            continue  # another exporter took the number
        files.sync(base)
        files.sync(base.parent)
        return chosen


def prune(base: Path, keep: int, spare: Collection[int] = ()) -> list[int]:
    """Remove all versions but the newest.

    Args:
        base: the folder of the model.
        keep: how many to keep.
        spare: further versions to keep, such as those that a server's configuration names.

    Returns:
        The versions removed.
    """
    there = present(base)
    removed = []
    for version in sorted(there)[:-keep]:
        if version in spare:
            continue
        with partial.beside(base / str(version)) as aside, contextlib.suppress(FileNotFoundError):  # another process prunes too
            there[version].rename(aside / partial.NEW / "model")  # so that no server meets half a version
            removed.append(version)
    return removed
