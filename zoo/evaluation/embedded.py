"""Benchmark whose examples are embedded already: the same tasks of the same seeds, for a classifier at a tenth of the work.

Sampling looks at the numbers of classes and of examples only, so it samples embeddings out as it samples pictures out.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zoo.datasets import Labelled, Source
from zoo.evaluation.embeddings import Embeddings

CHUNK = 2_000  # examples looked up at once


def embedded(episodes: Any, embeddings: Embeddings) -> Any:
    """Benchmark for evaluation, whose `draw` gives embeddings `[B, N, D]` where theirs gives examples.

    Args:
        episodes: `NWay`, or what holds one in a field, as trials and batches of classes do.
        embeddings: of the classifier.
    """
    if hasattr(episodes, "source"):
        return dataclasses.replace(episodes, source=EmbeddedSource(episodes.source, embeddings))
    inner = next(each.name for each in dataclasses.fields(episodes) if hasattr(getattr(episodes, each.name), "draw"))
    return dataclasses.replace(episodes, **{inner: embedded(getattr(episodes, inner), embeddings)})


@dataclass(frozen=True, eq=False)
class EmbeddedSource:
    """A source whose examples are the embeddings of another's."""

    source: Source
    embeddings: Embeddings

    @property
    def largest_group(self) -> int:
        """That of the other source."""
        return getattr(self.source, "largest_group", 0)

    def load(self, part: str) -> Labelled:
        """The classes of a part."""
        return _embedded(self.source.load(part), self.embeddings)


@dataclass(frozen=True, eq=False)
class _Embedded(Labelled):
    pictures: Labelled | None = field(default=None, kw_only=True)
    embeddings: Embeddings | None = field(default=None, kw_only=True)

    def turned(self) -> Labelled:
        """The classes of the pictures turned, embedded."""
        assert self.pictures is not None and self.embeddings is not None
        return _embedded(self.pictures.turned(), self.embeddings)


def _embedded(data: Labelled, embeddings: Embeddings) -> _Embedded:
    x = data.x * np.float32(1 / 255) if data.x.dtype == np.uint8 else data.x
    chunks = [embeddings(x[None, at : at + CHUNK])[0] for at in range(0, len(x), CHUNK)]
    return _Embedded(np.concatenate(chunks), data.names, data.counts, data.groups, pictures=data, embeddings=embeddings)
