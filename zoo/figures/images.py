"""Every learner of Omniglot on the same episodes in one table, with what papers published: Markdown, CSV and a picture."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from zoo.figures import omniglot, published, style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.utils import files, machine

COLORS = (style.LEARNED, style.MAML, style.OTHER, style.PRETRAINED, style.ORACLE, style.POINTS)

NUMBERS = "omniglot.csv"
OTHERS = files.other_than("README.md", NUMBERS, "omniglot.png")
HEAD = ("entry", "summary", "episodes", "error rate", "95 % half-width", "weights")

Row = dict[str, tuple[float, float]]

TEXT = """# Omniglot: every learner on the same episodes

Error rate in %, mean ± half-width of the 95 % interval over {tasks:,} episodes of each kind ({count} seeds of {each:,}) of
classes that nothing was trained on: 15 queries for each class, each alone, without statistics of a batch. The characters are
those of Vinyals' split, each rotation a class of its own. *Within alphabets* are Lake's trials: 20 characters of one alphabet,
one drawing of each, not turned, the queries by another drawer; from the 12 alphabets that no entry has seen, and, for entries
trained on Lake's 30 background alphabets, from all 20 others. [Lake's own 20 runs](../lake_runs/README.md) have a table of their
own.

By `zoo figures images` on {date}, {hardware}, TensorFlow {tensorflow}; what a card holds already is the card's, and what this
table held before of the same weights is kept. Learners of five classes stand last.

{ours}

What papers published, in %; each on episodes of its own, and within an alphabet on 20 alphabets:

{theirs}

![error rates](omniglot.png)

[Numbers](omniglot.csv)
"""


def draw(folder: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Write the table as `README.md`, with its numbers in `omniglot.csv` and a picture of them, `omniglot.png`.

    Neither what a card holds nor what the folder holds of the same weights is measured again.

    Args:
        folder: to make.
        force: whether to replace it if it exists.
        progress: whether to show a progress bar.

    Returns:
        The names of the entries, the best first.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    files.refuse_existing(folder, force, OTHERS)  # measuring may take minutes
    kinds = omniglot.kinds()
    found = tqdm(omniglot.names(), "measuring", disable=not progress, leave=False)
    known = measured_before(Path(folder) / NUMBERS)
    rows = {name: omniglot.measured(name, kinds, known.get((name, weights_of(name)))) for name in found}
    columns = [kind.name for kind in kinds]
    rows = dict(sorted(rows.items(), key=lambda item: (columns[2] not in item[1], item[1].get(columns[2], item[1][columns[0]]))))
    with files.written_aside(folder, force, OTHERS) as aside:
        aside.mkdir()
        picture(rows, columns).write(aside)
        text = TEXT.format(
            tasks=omniglot.TASKS * len(omniglot.SEEDS),
            each=omniglot.TASKS,
            count=len(omniglot.SEEDS),
            ours=table(columns, {f"`{name}`": [_shown(row.get(column)) for column in columns] for name, row in rows.items()}),
            theirs=table([*columns[:4], "within an alphabet"], _published()),
            **machine.description(),
        )
        (aside / "README.md").write_text(text, encoding="utf-8")
    return list(rows)


def measured_before(path: Path) -> dict[tuple[str, str], Row]:
    """What a file of this table's numbers holds, by entry and checksum of its weights; nothing where there is none."""
    found: dict[tuple[str, str], Row] = {}
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                numbers = float(row["error rate"]), float(row["95 % half-width"])
                found.setdefault((row["entry"], row.get("weights", "")), {})[row["episodes"]] = numbers
    return found


def weights_of(name: str) -> str:
    """What tells the weights of an entry from others: the first letters of their checksum."""
    return registry.card(name)["weights"]["sha256"][:16]


def table(columns: list[str], rows: dict[str, list[str]]) -> str:
    """A table in Markdown."""
    lines = [["", *columns], ["---"] + ["---:"] * len(columns), *([name, *cells] for name, cells in rows.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(cell: tuple[float, float] | None) -> str:
    return "" if cell is None else f"{100 * cell[0]:.2f} ± {100 * cell[1]:.2f}"


def _published() -> dict[str, list[str]]:
    return {name: ["" if value is None else f"{value:g}" for value in values] for name, values in published.OMNIGLOT.items()}


def picture(rows: dict[str, Row], columns: list[str]) -> Picture:
    """The error rates of every entry, the best on top, and below them those that papers published."""
    names = [*rows, *published.OMNIGLOT]
    figure, part = style.axes(8.5, 1.6 + 0.27 * len(names))
    height: dict[str, Any] = {name: len(names) - at for at, name in enumerate(names)}
    for column, color in zip(columns, COLORS, strict=True):
        ours = [(*rows[name][column], height[name]) for name in rows if column in rows[name]]
        if ours:
            mean, interval, at = 100 * np.array(ours).T[0], 100 * np.array(ours).T[1], np.array(ours).T[2]
            part.errorbar(mean, at, xerr=interval, fmt="o", color=color, markersize=4, label=column)
    for number, color in enumerate((*COLORS[:4], COLORS[5])):
        theirs = {name: value for name, values in published.OMNIGLOT.items() if (value := values[number]) is not None}
        style.published(part, list(theirs.values()), [height[name] for name in theirs], color)
    part.set_yticks(list(height.values()), names)
    part.axhline(len(published.OMNIGLOT) + 0.5, color="k", linewidth=0.6)
    part.set(xscale="log", xlabel="error rate, %")
    part.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20, 50], ["0.2", "0.5", "1", "2", "5", "10", "20", "50"])
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    numbers = [
        (name, registry.summary(name), column, *(f"{value:.6f}" for value in row[column]), weights_of(name))
        for name, row in rows.items()
        for column in columns
        if column in row
    ]
    caption = "Omniglot. Further left is better. Bars: 95 % over episodes; diamonds: published, on episodes of their own."
    return Picture("omniglot", caption, figure, HEAD, numbers)
