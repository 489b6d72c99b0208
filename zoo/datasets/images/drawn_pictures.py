"""Pictures in colour that the zoo draws itself, for a general encoder: shapes, icons, signs, glyphs, textures, things.

Thirty kinds of pictures, each with any number of classes: what differs between the classes of a kind is drawn from a seed, and so
is what differs between the examples of a class: position, size, angle, an unsteady hand, light, blur, noise, background and
occlusion. Some classes have colours of their own, others have not. Six kinds are held out of training, one for validation and
five for the test, and measure how a learner does on kinds of pictures that it has never seen. Drawn once, kept in the cache as
uint8.
"""

import functools
from dataclasses import dataclass

import numpy as np

from zoo.datasets.images.cache import Arrays, kept
from zoo.datasets.images.drawn import KINDS, Kind, draw_class
from zoo.datasets.labelled import Labelled, Source, concatenated, no_part
from zoo.utils.errors import ZooError

_RELEASE = 1  # raise it when the same seed draws other pictures


@dataclass(frozen=True)
class DrawnPictures(Source):
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

    def __post_init__(self) -> None:
        if min(self.classes, self.examples) < 1 or self.size < 8:
            raise ZooError(f"{self}: give one class and one example or more, and 8 pixels a side or more.")

    def load(self, part: str) -> Labelled:
        """The classes of a part's kinds."""
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
    letters = tuple(kind.__name__.encode())  # so that a kind's pictures do not depend on its place in `KINDS`
    seeds = [(source.seed, number, *letters) for number in range(source.classes)]
    return {"x": np.concatenate([draw_class(kind, seed, source.examples, source.size) for seed in seeds])}
