"""Pictures in colour that the zoo draws itself: shapes, icons, signs, glyphs, textures, things; a general source to learn from.

Thirty kinds of pictures, each with any number of classes: what differs between the classes of a kind is drawn from a seed, and so
is what differs between the examples of a class: position, size, angle, an unsteady hand, light, blur, noise, what lies behind
and what stands in front. Of some classes colours are a part of what they are, of others not. Whole kinds are held out: six of
them, which training never shows, tell how a learner does on kinds of pictures it has never seen. Drawn once, kept in the cache as
uint8.
"""

import functools
from dataclasses import dataclass

import numpy as np

from zoo.datasets.images.cache import Arrays, kept
from zoo.datasets.images.drawn import KINDS, Kind, drawn
from zoo.datasets.labelled import Labelled, concatenated, no_part
from zoo.utils.errors import ZooError

_RELEASE = 1  # to be raised when the same seed draws other pictures


@dataclass(frozen=True)
class DrawnPictures:
    """Drawn pictures as a source of classes; every kind of picture is a group, and images are `[size, size, 3]`.

    Attributes:
        classes: of every kind.
        examples: of every class.
        size: pixels of a side.
        seed: of the classes of every kind.
    """

    classes: int = 64
    examples: int = 20
    size: int = 64
    seed: int = 1

    def __post_init__(self):
        if min(self.classes, self.examples) < 1 or self.size < 8:
            raise ZooError(f"{self}: give one class and one example or more, and 8 pixels a side or more.")

    def load(self, part: str) -> Labelled:
        """The classes of the kinds of a part: "train", "validation" or "test"."""
        if part not in KINDS:
            raise no_part(self, part)
        return concatenated([_labelled(self, kind) for kind in KINDS[part]])


@functools.lru_cache(maxsize=32)
def _labelled(source: DrawnPictures, kind: Kind) -> Labelled:
    what = f"drawn-{_RELEASE}-{kind.__name__}-{source.classes}-{source.examples}-{source.size}-{source.seed}"
    x = kept(what, functools.partial(_prepare, source, kind))["x"]
    names = tuple(f"{kind.__name__} {number}" for number in range(source.classes))
    return Labelled(x, names, np.full(source.classes, source.examples), (kind.__name__,) * source.classes)


def _prepare(source: DrawnPictures, kind: Kind) -> Arrays:
    letters = tuple(kind.__name__.encode())  # so that a kind's pictures do not hang on its place among the others
    seeds = [(source.seed, number, *letters) for number in range(source.classes)]
    return {"x": np.concatenate([drawn(kind, seed, source.examples, source.size) for seed in seeds])}
