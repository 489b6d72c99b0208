"""The versions of a model on disk, and which of them are to be served."""

import re
from dataclasses import dataclass
from pathlib import Path

_INTEGER = re.compile(r"[0-9]{1,19}")
_HIGHEST = 2**63 - 1


@dataclass(frozen=True)
class Policy:
    """Which versions to serve: the newest few, all, or those named.

    Attributes:
        latest: how many of the newest; None for all.
        specific: these and no others, if given.
    """

    latest: int | None = 1
    specific: tuple[int, ...] | None = None

    def choose(self, found: set[int]) -> set[int]:
        """The versions to serve among those found."""
        if self.specific is not None:
            return found & set(self.specific)
        newest_first = sorted(found, reverse=True)
        return set(newest_first if self.latest is None else newest_first[: self.latest])


@dataclass(frozen=True)
class ModelSource:
    """Where the versions of a model come from.

    Attributes:
        name: what requests call it.
        base: folder with its versions.
        policy: which of them to serve.
        labels: label -> version.
    """

    name: str
    base: Path
    policy: Policy = Policy()
    labels: tuple[tuple[str, int], ...] = ()


def on_disk(base: Path) -> dict[int, Path]:
    """The versions under a folder: its sub-folders that are named by an integer.

    Where `1` and `001` both exist, the shorter name counts.

    Raises:
        OSError: if the folder cannot be read.
    """
    found: dict[int, Path] = {}
    for child in sorted(base.iterdir(), key=lambda path: (len(path.name), path.name)):
        if _INTEGER.fullmatch(child.name) and int(child.name) <= _HIGHEST and child.is_dir():
            found.setdefault(int(child.name), child)
    return found
