"""A source whose examples are those of another, embedded: tasks drawn from it hold embeddings, each computed once.

Sampling looks at the numbers of classes and of examples only, so the same seed draws the same tasks from either source.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.datasets.benchmark import Embed
from zoo.datasets.labelled import Labelled, Source

CHUNK = 2_000  # examples embedded in one call


@dataclass(frozen=True, eq=False)
class EmbeddedSource(Source):
    """The embeddings of a source.

    Two of them are never equal: the weights behind `embed` may have changed in between.

    Attributes:
        source: of the examples.
        embed: maps float32 examples `[rows, ...]` to float32 `[rows, D]`.
    """

    source: Source
    embed: Embed

    @property
    def largest_group(self) -> int:
        """That of the examples."""
        return self.source.largest_group

    def load(self, part: str) -> Labelled:
        """The classes of a part, embedded."""
        return self.load_all((part,))

    def load_all(self, parts: Sequence[str], rotations: bool = False, mirrors: bool = False) -> Labelled:
        """The classes of several parts, embedded after they are rotated and mirrored."""
        data = self.source.load_all(parts, rotations, mirrors)
        chunks = [self.embed(_floats(data.x[at : at + CHUNK])) for at in range(0, len(data.x), CHUNK)]
        return Labelled(np.concatenate(chunks), data.names, data.counts, data.groups)


def embedded_benchmarks(benchmarks: Sequence[Any], embed: Embed) -> list[Any]:
    """The same benchmarks of embeddings, without distortions; those that share a source embed it once."""
    sources = {each.source: EmbeddedSource(each.source, embed) for each in benchmarks}
    return [dataclasses.replace(each, source=sources[each.source], augment=None) for each in benchmarks]


def _floats(x: np.ndarray) -> np.ndarray:
    """Examples as episodes hold them: uint8 becomes 0 to 1."""
    return x * np.float32(1 / 255) if x.dtype == np.uint8 else x
