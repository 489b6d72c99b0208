"""The size of a run, known before it starts: how many numbers its largest tensor holds.

A request of a megabyte can make a tensor of gigabytes, where a network is wide or every query meets every example. The size is
an upper bound: it takes the largest axes of the request that the axes of a tensor may be.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from zoo.serving.widths import Widths
from zoo.serving.wire.protocol import Specs

SLACK = 2  # names, braces, and columns that a signature does not take


@dataclass(frozen=True)
class Axes:
    """What a request chooses: the number of its tasks, and the lengths of the other open axes.

    Attributes:
        tasks: length of the first axis.
        lengths: longest of each kind of axis: of the support, of the queries, steps, and so on.
    """

    tasks: int
    lengths: Mapping[str, int]

    @classmethod
    def of(cls, inputs: Mapping[str, np.ndarray], specs: Specs) -> "Axes":
        """The axes of the inputs of one request."""
        lengths: dict[str, int] = {}
        for name, (_, shape) in specs.items():
            for place, (size, length) in enumerate(zip(shape, inputs[name].shape, strict=True)):
                if place and size is None:
                    # support_x and support_y share their rows: one kind
                    kind = f"{name.partition('_')[0]} {place}"
                    lengths[kind] = max(length, lengths.get(kind, 0))
        if "steps" in inputs and inputs["steps"].size:
            lengths["steps"] = max(1, int(inputs["steps"].max()))
        return cls(max((value.shape[0] for value in inputs.values() if value.ndim), default=1), lengths)

    @classmethod
    def merged(cls, several: Iterable["Axes"], tasks: int) -> "Axes":
        """The axes of requests that run together, as `tasks` tasks, each padded to the longest."""
        lengths: dict[str, int] = {}
        for axes in several:
            for kind, length in axes.lengths.items():
                lengths[kind] = max(length, lengths.get(kind, 0))
        return cls(tasks, lengths)

    def numbers(self, widths: Widths) -> int:
        """How many numbers the largest tensor of a run holds at most."""
        # The rows of a support may meet each other; queries do not, since the answer to one depends on no other.
        met = [length for kind, length in self.lengths.items() for _ in range(1 if kind.startswith(("query", "steps")) else 2)]
        met = sorted((max(1, length) for length in met), reverse=True)
        # A tensor with one open axis may hold the rows of all tasks one below the other.
        return max(
            (width * self.tasks * math.prod(met[: max(1, open_axes - 1)]) for open_axes, width in enumerate(widths) if open_axes),
            default=0,
        )


def most_values(specs: Specs, widths: Widths, most: int) -> int:
    """How many JSON values, lists included, a request of a signature holds at most, if its run may hold `most` numbers."""
    total = 0
    for _, shape in specs.values():
        fixed = [size for size in shape if size is not None]
        open_axes = len(shape) - len(fixed)
        rows = most // max(1, widths[open_axes] if 2 < open_axes < len(widths) else max(widths[1:3]))
        total += rows * sum(math.prod(fixed[:depth]) for depth in range(len(fixed) + 1))
    return SLACK * total
