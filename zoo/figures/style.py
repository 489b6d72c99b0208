"""One look for every picture: colours, sizes, grid, caption, and the numbers beside it. Drawn without a display."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

TRUTH, LEARNED, POINTS = "#9aa5b1", "#d1495b", "#1d3557"
ORACLE, PRETRAINED, MAML, OTHER = "#5b8e7d", "#8d6a9f", "#e09f3e", "#3d7ea6"
RESOLUTION = 120  # dots per inch


@dataclass(frozen=True)
class Picture:
    """A figure with its numbers.

    Attributes:
        name: of its files, without an ending.
        caption: one line for somebody who has not seen the paper.
        figure: what is drawn.
        columns, rows: the numbers drawn.
    """

    name: str
    caption: str
    figure: Figure
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def write(self, folder: Path) -> None:
        """Write `NAME.png`, with the caption below the drawing, and `NAME.csv`."""
        self.figure.supxlabel(self.caption, fontsize=9, color="#444444", wrap=True)
        self.figure.savefig(folder / f"{self.name}.png", dpi=RESOLUTION)
        plt.close(self.figure)
        with open(folder / f"{self.name}.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(self.columns)
            table.writerows(self.rows)


def axes(width: float = 7.0, height: float = 4.0) -> tuple[Figure, Axes]:
    """A figure of this size in inches and its axes, in the zoo's look."""
    figure, part = panels(1, width, height)
    return figure, part[0]


def panels(count: int, width: float = 7.0, height: float = 4.0) -> tuple[Figure, list[Axes]]:
    """A figure of this size in inches and `count` axes side by side."""
    figure, parts = plt.subplots(1, count, figsize=(width, height), layout="constrained", squeeze=False)
    for part in parts[0]:
        part.grid(alpha=0.25)
        part.spines[["top", "right"]].set_visible(False)
    return figure, list(parts[0])


def published(part: Axes, x: Sequence[float], y: Sequence[float], color: str, label: str | None = None) -> None:
    """Mark figures that a paper published: hollow diamonds in the colour of the method."""
    part.plot(x, y, "D", color=color, markerfacecolor="none", markersize=6, label=label)
