"""A source of whose training examples few have a label: the same ones in every run, chosen class by class from a seed.

M. Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, section 4: 10 % of the drawings of every
training character of Omniglot have a label, two of twenty, and nothing but these two is ever shown as an example of its class.
"""

from dataclasses import dataclass

import numpy as np

from zoo.datasets.labelled import TRAINING, Labelled, Source
from zoo.utils.errors import ZooError


@dataclass(frozen=True)
class LabelSplit(Source):
    """The labelled examples of a source, or all others. Only training classes are split; of other parts it has every example.

    Attributes:
        source: of the examples. They are split as they are there, before they are rotated or mirrored.
        labelled: whether it has the examples with a label, or those without.
        share: of the examples of a class that have a label; at least one has, and at least one has none.
        seed: of the choice.
    """

    source: Source
    labelled: bool = True
    share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0:
            raise ZooError(f"share={self.share}: give the share of the examples that have a label, above 0 and below 1.")

    @property
    def largest_group(self) -> int:
        """That of the source."""
        return self.source.largest_group

    def load(self, part: str) -> Labelled:
        """The classes of a part, of "train" with the examples that have a label, or have none.

        Raises:
            ZooError: if there is no such part, or a class of a single example.
        """
        data = self.source.load(part)
        if part != TRAINING:
            return data
        generator, rows, counts = np.random.default_rng(self.seed), [], []
        for name, start, count in zip(data.names, data.starts, data.counts, strict=True):
            if count < 2:
                raise ZooError(f"class {name!r} has 1 example, and so none with a label beside one without; give it more.")
            with_label = min(max(1, round(self.share * count)), count - 1)
            order = generator.permutation(count)
            kept = np.sort(order[:with_label] if self.labelled else order[with_label:])
            rows.append(start + kept)
            counts.append(len(kept))
        return Labelled(data.x[np.concatenate(rows)], data.names, np.array(counts), data.groups)
