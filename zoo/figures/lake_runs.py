"""Every classifier of Omniglot on Lake's own 20 runs, beside people and what papers published: a table and its numbers.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from zoo.datasets.episodes.lake_runs import LakeRuns
from zoo.evaluation import lake_runs, scores
from zoo.figures import images, omniglot, published
from zoo.hub import registry
from zoo.hub.entry import Entry
from zoo.utils import files, machine
from zoo.utils.errors import ZooError

TRIALS = 400
NUMBERS = "lake_runs.csv"
OTHERS = files.other_than("README.md", NUMBERS)
NOTHING, BACKGROUND, SEEN = "nothing", "Lake's 30 alphabets", "Vinyals' split"
RUNS = [f"run{number:02d}" for number in range(1, 21)]
COLUMNS = ["learned from", "error rate, %", "wrong of 400"]

TEXT = """# Lake's own 20 runs

Error rate in % over the 400 trials that B. Lake, R. Salakhutdinov and J. Tenenbaum, "Human-level concept learning through
probabilistic program induction", 2015, distribute with Omniglot: 20 runs, each of 20 characters of one alphabet, one drawing of
each by one person, to be found among 20 by another. Intervals are 95 % over runs: 1.96 times the standard error of their mean.
**Evaluate each entry once; choose nothing on these runs.** They are few, everybody has them, and whatever is chosen on them says
nothing of new characters. While this page was first written its table was measured four times, to the same counts each time;
what it held of the same weights is kept since, and only an entry that is new is measured.

{table}

People and papers are as published: people, BPL and the prototypical network in the papers of Lake et al.; the Siamese network in
that of Koch et al., who divide the alphabets into 40 and 10, on trials that they drew themselves. The modified Hausdorff distance
(M.-P. Dubuisson and A. K. Jain, 1994) and *pixels* take the nearest drawing of 105 × 105 pixels, `pixels_omniglot` the largest
cosine of 28 × 28.

Learners see the drawings to the bit as they see Omniglot in training. Before there was this table, `protonet_omniglot_lake` was
evaluated once, blind, with the same weights (`6977e9fa…`), its files read as `zoo learn` then read a user's pictures: **2.00 %**
(8 of 400 wrong; ± 1.28 over runs). That was with a coarser shrinking, which counted a pixel whole or not at all. Quote that
figure, as it is the blind one. Pictures are now averaged over exact areas, as training's were, and the same files give 6 of 400
wrong, as in the table; the two differ by less than either interval. On its own trials, harder because any two drawers meet, it
errs on 7.94 %; those are of all 20 evaluation alphabets ([Omniglot](../omniglot/README.md)), the runs of ten.

**Entries of Vinyals' split are not ranked**, and stand last, by name: they have learned from the characters, by the same people,
of 156 of the 400 trials, as that split trains on the alphabets Atlantean, Ge'ez and Glagolitic and on most of Gurmukhi.

By `zoo figures lake --lake-runs all_runs.zip` on {date}, {hardware}, TensorFlow {tensorflow}. There is no seed, as nothing is
drawn at random. `all_runs.zip` is in the folder `one-shot-classification` of
[the Omniglot repository](https://github.com/brendenlake/omniglot), under the MIT licence, and is no part of the zoo; SHA-256
`{sha256}`.
One entry is measured by `zoo evaluate protonet_omniglot_lake --lake-runs all_runs.zip`.

[Numbers]({numbers}) of every run
"""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: of the entry, or of what was published.
        learned_from: what it has seen before.
        mean, interval: error rate, and the half-width of its 95 % interval over runs; None where it is not published.
        runs: error rate of every run; empty where it is not published.
        weights: what tells its weights from others.
    """

    name: str
    learned_from: str
    mean: float
    interval: float | None = None
    runs: tuple[float, ...] = ()
    weights: str = ""

    @property
    def is_ranked(self) -> bool:
        """Whether all classes of the runs were new to it."""
        return self.learned_from != SEEN


def draw(folder: str | Path, path: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Write the table as `README.md`, and the error rates of every run as `lake_runs.csv`.

    Args:
        folder: to make.
        path: of `all_runs.zip`.
        force: whether to replace the folder if it exists.
        progress: whether to show a progress bar.

    Returns:
        The names of the rows, those that are ranked first.

    Raises:
        ZooError: if the folder exists and `force` is false, or the file is not Lake's 20 runs.
    """
    files.refuse_existing(folder, force, OTHERS)
    known = measured_before(Path(folder) / NUMBERS)
    rows = in_order([*of_papers(), *_baselines(path), *_entries(path, known, progress)])
    with files.written_aside(folder, force, OTHERS) as aside:
        aside.mkdir()
        with open(aside / NUMBERS, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(_numbers(rows))
        text = TEXT.format(table=table(rows), numbers=NUMBERS, sha256=files.sha256(Path(path)), **machine.description())
        (aside / "README.md").write_text(text, encoding="utf-8")
    return [row.name for row in rows]


def in_order(rows: list[Row]) -> list[Row]:
    """Those that are ranked by their error, then the others by name."""
    return sorted(rows, key=lambda row: (not row.is_ranked, row.mean if row.is_ranked else 0.0, row.name.strip("`")))


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    seen = {row.name: row.learned_from + ("" if row.is_ranked else ", not ranked") for row in rows}
    return images.table(COLUMNS, {row.name: [seen[row.name], *_shown(row)] for row in rows})


def _shown(row: Row) -> list[str]:
    if row.interval is None:
        return [f"{100 * row.mean:.1f}", ""]
    return [f"{100 * row.mean:.2f} ± {100 * row.interval:.2f}", f"{round(TRIALS * row.mean, 3):g}"]


def of_papers() -> list[Row]:
    """What papers published."""
    return [Row(name, seen, error / 100) for name, (seen, error) in published.LAKE_RUNS.items()]


def _baselines(path: str | Path) -> list[Row]:
    benchmark = LakeRuns(path)
    found = benchmark.baselines(benchmark.draw())
    return [_row(benchmark, name, NOTHING, rates) for name, rates in found.items()]


def measured_before(path: Path) -> dict[tuple[str, str], np.ndarray]:
    """The error rates of runs that a file of this table's numbers holds, by entry and weights; nothing where there is none."""
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if row.get("weights")]
    return {(row["learner"], row["weights"]): np.array([float(row[run]) for run in RUNS]) for row in found}


def _entries(path: str | Path, known: dict[tuple[str, str], np.ndarray], progress: bool) -> list[Row]:
    """Every entry on Omniglot that can answer; what is known of its weights is not measured again."""
    rows = []
    for name in tqdm(omniglot.names(), "measuring", disable=not progress, leave=False):
        weights = images.weights_of(name)
        model = registry.load(name)
        try:
            benchmark = lake_runs.benchmark_of(model, name, path)
        except ZooError:  # of a number of classes of its own
            continue
        rates = known.get((name, weights))
        if rates is None:
            rates = lake_runs.error_rates_of_runs(model, benchmark)
        rows.append(_row(benchmark, f"`{name}`", learned_from(registry.entry(name)), rates, weights))
    return rows


def learned_from(entry: Entry) -> str:
    """Which characters an entry was trained on, in words."""
    if not entry.recipe.steps:
        return NOTHING
    return BACKGROUND if entry.benchmark.n_way.source.split == "lake" else SEEN


def _row(benchmark: Any, name: str, seen: str, rates: np.ndarray, weights: str = "") -> Row:
    found = scores.score(benchmark, {}, rates)
    return Row(name, seen, found.mean, found.interval, tuple(rates.tolist()), weights)


def _numbers(rows: list[Row]) -> list[list[str]]:
    lines = [["learner", "learned from", "error rate", "95 % half-width", *RUNS, "weights"]]
    for row in rows:
        each = [f"{rate:.6g}" for rate in row.runs] or [""] * len(RUNS)
        interval = "" if row.interval is None else f"{row.interval:.9g}"
        lines.append([row.name.strip("`"), row.learned_from, f"{row.mean:.6g}", interval, *each, row.weights])
    return lines
