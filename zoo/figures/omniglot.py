"""What a table of Omniglot holds of an entry: the numbers of its card, and those measured that its card does not hold.

Every entry is evaluated on the same episodes: 1000 of each kind for each of five seeds, of the test characters of Vinyals' split,
which no entry is trained on, of whichever split it is; as large as the entry takes them.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.datasets import LakeTrials, NWay, Omniglot
from zoo.evaluation import scores
from zoo.hub import registry
from zoo.hub.entry import Entry

TASKS, SEEDS = 1_000, range(1, 6)
VINYALS = NWay(Omniglot("vinyals"), rotations=True)
LAKE = LakeTrials(NWay(Omniglot("lake")))
SIZE = 28  # of the pictures of both


@dataclass(frozen=True)
class Kind:
    """One column of the table.

    Attributes:
        name: its heading.
        benchmark: the tasks are drawn from.
        condition: under which they are drawn.
        split: only of entries trained on this split; empty for all.
    """

    name: str
    benchmark: Any
    condition: dict[str, Any]
    split: str = ""

    def held_by(self, entry: Entry) -> bool:
        """Whether the card of an entry is measured on these very tasks."""
        own = entry.benchmark if isinstance(entry.benchmark, LakeTrials) else entry.benchmark.n_way
        if isinstance(self.benchmark, LakeTrials) or isinstance(own, LakeTrials):
            return (
                isinstance(own, LakeTrials) and isinstance(self.benchmark, LakeTrials) and _source(entry) == _of(self.benchmark)
            )
        return own is not None and own.source == self.benchmark.source and own.rotations == self.benchmark.rotations

    def sized(self, size: int) -> "Kind":
        """The same tasks, of pictures of that size."""
        return self if size == SIZE else dataclasses.replace(self, benchmark=_sized(self.benchmark, size))


def kinds() -> list[Kind]:
    """The columns of the table."""
    ways_and_shots = [
        Kind(f"{each['ways']}-way {each['shots']}-shot", VINYALS, each) for each in VINYALS.conditions() if "within" not in each
    ]
    within = [Kind("within 12 alphabets", VINYALS, each) for each in VINYALS.conditions() if "within" in each]
    return [*ways_and_shots, *within, Kind("within 20 alphabets", LAKE, LAKE.conditions()[0], "lake")]


def names() -> list[str]:
    """Entries on Omniglot that have a card."""
    shipped = [name for name in registry.names() if (registry.CARDS / name / "card.json").exists()]
    return [name for name in shipped if isinstance(_source(registry.entry(name)), Omniglot)]


def measured(
    name: str, columns: Iterable[Kind], known: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, tuple[float, float]]:
    """Mean error and half-width of its 95 % interval, over all tasks of all seeds, of every column that fits an entry.

    Args:
        name: of the entry.
        columns: that may fit.
        known: what was measured before of the same weights; whatever neither its card nor this has is measured.
    """
    entry = registry.entry(name)
    seeds, found = registry.card(name)["evaluation"]["seeds"], {}
    learner = None
    for kind in (column.sized(_source(entry).size) for column in columns):
        if kind.split not in ("", _source(entry).split) or kind.condition["ways"] > most_ways(entry):
            continue
        held = kind.held_by(entry)
        rows = [row for row in seeds if held and row["condition"] == kind.condition and row["seed"] in SEEDS]
        if {row["seed"] for row in rows} != set(SEEDS) or any(row["tasks"] != TASKS for row in rows):
            if known and kind.name in known:
                found[kind.name] = known[kind.name]
                continue
            learner = learner or registry.load(name)
            answering, benchmark = learner.for_evaluation(kind.benchmark, many=True)
            drawn = (benchmark.draw(TASKS, seed, **kind.condition) for seed in SEEDS)
            each = (scores.measured(answering, benchmark, tasks)[0][1] for tasks in drawn)
            rows = [scores.score(benchmark, kind.condition, values).to_json() for values in each]
        found[kind.name] = pooled(rows)
    return found


def pooled(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Mean and half-width of the 95 % interval of all tasks together, from those of equally many tasks each."""
    means, tasks = np.array([row["mean"] for row in rows]), rows[0]["tasks"]
    variances = np.array([row["interval"] for row in rows]) ** 2 * tasks / 1.96**2
    whole = np.mean(variances) + np.var(means)
    return float(means.mean()), float(1.96 * np.sqrt(whole / (tasks * len(rows))))


def _sized(episodes: Any, size: int) -> Any:
    if isinstance(episodes, LakeTrials):
        return LakeTrials(_sized(episodes.training, size))
    return dataclasses.replace(episodes, source=dataclasses.replace(episodes.source, size=size))


def _source(entry: Entry) -> Any:
    return entry.benchmark.n_way.source if entry.benchmark.n_way else None


def most_ways(entry: Entry) -> int:
    """Of the tasks that the card of an entry is measured on: a learner may tell no more classes apart."""
    return max(each["ways"] for each in entry.benchmark.conditions())


def _of(trials: LakeTrials) -> Any:
    return trials.training.source
