"""Labelled data, class by class: what any sampler of few-shot episodes draws from."""

import abc
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.utils.errors import ZooError

TRAINING, VALIDATION, TEST = "train", "validation", "test"
PARTS = (TRAINING, VALIDATION, TEST)
ROTATIONS = (0, 90, 180, 270)  # degrees, counter-clockwise


@dataclass(frozen=True, eq=False)
class Labelled:
    """Examples of several classes, the classes one after the other.

    Attributes:
        x: images or features, `[total, *shape]`; uint8 stands for 0 to 1 in steps of 1/255, anything else is kept as float32.
            Read-only.
        names: the classes in order, of any type that can be a key.
        counts: examples of each class, int64 `[classes]`.
        groups: the group of each class, such as its alphabet; classes of one group stand side by side. Empty for none.
    """

    x: np.ndarray
    names: tuple[Hashable, ...]
    counts: np.ndarray
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        x = np.asarray(self.x)
        x = (x if x.dtype == np.uint8 else np.asarray(x, np.float32)).view()
        counts = np.array(self.counts, np.int64)
        if len(self.names) != len(counts) or counts.sum() != len(x) or (counts < 1).any():
            raise ZooError(
                f"{len(self.names)} classes with counts of {counts.sum()} in all for {len(x)} examples: "
                "give one name and one count of 1 or more to each class, and as many examples as the counts say."
            )
        if len(set(self.names)) != len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise ZooError(f"the class {twice!r} occurs twice; put its examples together.")
        if self.groups and len(self.groups) != len(self.names):
            raise ZooError(f"{len(self.groups)} groups for {len(self.names)} classes; name the group of every class, or none.")
        if len(set(self.groups)) != len(_runs(self.groups)):
            raise ZooError("classes of one group must stand side by side; sort the classes by group.")
        x.flags.writeable = counts.flags.writeable = False
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "groups", tuple(self.groups))

    @classmethod
    def of(cls, x: Any, labels: Any) -> "Labelled":
        """Sort examples by label.

        Args:
            x: `[total, *shape]`; uint8 or anything that becomes float32.
            labels: one for each example: numbers, strings, or whatever NumPy sorts.

        Raises:
            ZooError: for no examples, or another number of labels than examples.
        """
        x, labels = np.asarray(x), np.asarray(labels)
        if labels.ndim != 1 or x.ndim < 1 or len(labels) != len(x) or not len(x):
            raise ZooError(f"x {list(x.shape)} with labels {list(labels.shape)}: give one label for each example, one or more.")
        names, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
        return cls(x[np.argsort(inverse, kind="stable")], tuple(names.tolist()), counts)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return self.x.shape[1:]

    @property
    def starts(self) -> np.ndarray:
        """Where each class begins in `x`, int64 `[classes]`."""
        return np.cumsum(self.counts) - self.counts

    @property
    def labels(self) -> np.ndarray:
        """Class number of every example, int64 `[total]`."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def runs(self) -> list[tuple[str, int, int]]:
        """The groups: name, number of its first class, number of its classes."""
        return _runs(self.groups)

    def only(self, classes: Sequence[int] | np.ndarray) -> "Labelled":
        """Keep some classes, given by number, in that order."""
        starts = self.starts
        rows = [np.arange(starts[each], starts[each] + self.counts[each]) for each in classes]
        groups = tuple(self.groups[each] for each in classes) if self.groups else ()
        kept = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        return Labelled(self.x[kept], tuple(self.names[each] for each in classes), self.counts[list(classes)], groups)

    def rotated(self) -> "Labelled":
        """Add every class rotated by 90, 180 and 270 degrees, each as a class (and a group) of its own: four times as many.

        Raises:
            ZooError: if the examples are not square images `[side, side, channels]`.
        """
        if len(self.shape) != 3 or self.shape[0] != self.shape[1]:
            raise ZooError(f"examples of shape {list(self.shape)} cannot be rotated; classes by rotation need square images.")
        x = np.concatenate([np.rot90(self.x, turns, axes=(1, 2)) for turns in range(len(ROTATIONS))])
        names = tuple((name, degrees) for degrees in ROTATIONS for name in self.names)
        groups = tuple(f"{group} rotated by {degrees}" for degrees in ROTATIONS for group in self.groups)
        return Labelled(x, names, np.tile(self.counts, len(ROTATIONS)), groups)

    def mirrored(self) -> "Labelled":
        """Add every class mirrored left to right, as a class (and a group) of its own: twice as many.

        Raises:
            ZooError: if the examples are not images `[height, width, channels]`.
        """
        if len(self.shape) != 3:
            raise ZooError(f"examples of shape {list(self.shape)} cannot be mirrored; classes by reflection need images.")
        x = np.concatenate([self.x, self.x[:, :, ::-1]])
        names = self.names + tuple((name, "mirrored") for name in self.names)
        groups = self.groups + tuple(f"{group} mirrored" for group in self.groups)
        return Labelled(x, names, np.tile(self.counts, 2), groups)


def concatenated(several: Sequence[Labelled]) -> Labelled:
    """Put the classes of several together.

    Raises:
        ZooError: if a class is in two of them, their shapes or types differ, or only some have groups.
    """
    if len(several) == 1:
        return several[0]
    kinds = {(each.shape, each.x.dtype.name, bool(each.groups)) for each in several}
    if len(kinds) > 1:
        raise ZooError(f"examples of different kinds cannot be concatenated (shape, type, groups): {sorted(kinds)}.")
    names = tuple(name for each in several for name in each.names)
    groups = tuple(group for each in several for group in each.groups)
    return Labelled(
        np.concatenate([each.x for each in several]), names, np.concatenate([each.counts for each in several]), groups
    )


def _runs(groups: tuple[str, ...]) -> list[tuple[str, int, int]]:
    first = [at for at in range(len(groups)) if not at or groups[at] != groups[at - 1]]
    return [(groups[at], at, end - at) for at, end in zip(first, [*first, len(groups)][1:], strict=True)]


class Source(abc.ABC):
    """A description of labelled data, cheap to make and to compare: a frozen dataclass, which reads nothing until asked.

    It must be hashable: what is read is kept under the description.
    """

    @property
    def largest_group(self) -> int:
        """Classes of the largest group of the test part, such as an alphabet; 0 where there are no groups."""
        return 0

    @abc.abstractmethod
    def load(self, part: str) -> Labelled:
        """The classes of a part: "train", "validation" or "test". No class is in two of them.

        Raises:
            ZooError: if there is no such part.
        """

    def load_all(self, parts: Sequence[str], rotations: bool = False, mirrors: bool = False) -> Labelled:
        """The classes of several parts.

        Args:
            parts: names of parts.
            rotations: whether to add every class rotated, as three classes more.
            mirrors: whether to add every class mirrored, as one class more.

        Raises:
            ZooError: if there is no such part, or the examples are not images that can be rotated or mirrored.
        """
        data = concatenated([self.load(part) for part in parts])
        data = data.mirrored() if mirrors else data
        return data.rotated() if rotations else data


@dataclass(frozen=True)
class InMemory(Source):
    """A source of data that is in memory already.

    Attributes:
        train: training classes; None if this is for evaluation only.
        test: test classes; None if there is no evaluation.
        validation: classes to follow training with.
    """

    train: Labelled | None = None
    test: Labelled | None = None
    validation: Labelled | None = None

    def __post_init__(self) -> None:
        parts = [each for each in (self.train, self.validation, self.test) if each is not None]
        names = [name for each in parts for name in each.names]
        shared = {name for name in names if names.count(name) > 1} if len(set(names)) != len(names) else set()
        if shared:
            raise ZooError(
                f"the class {min(map(repr, shared))} is in two parts; a class is for training or for evaluation, never for both."
            )

    @property
    def largest_group(self) -> int:
        """Classes of the largest group of the test part; 0 where there are no groups."""
        return max((size for *_, size in self.test.runs()), default=0) if self.test is not None else 0

    def load(self, part: str) -> Labelled:
        """The classes of a part, as they were given."""
        found = {TRAINING: self.train, VALIDATION: self.validation, TEST: self.test}.get(part)
        if found is None:
            raise no_part(self, part)
        return found


def no_part(source: object, part: str) -> ZooError:
    """The error for a part that a source does not have."""
    return ZooError(f"{type(source).__name__} has no part {part!r}; choose one of {', '.join(PARTS)} that it has.")
