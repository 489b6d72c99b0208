"""Learning to act: the regret of agents on bandits that none has seen, step by step, beside strategies that know the prior.

N. Mishra et al., "A simple neural attentive meta-learner", 2018, section 5.1; regret is what the best arm of each bandit would
have gained beyond what was gained.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets import Bandits
from zoo.datasets.acting import bandit_strategies
from zoo.datasets.acting.bandits import TUNING, TUNING_SEED
from zoo.figures import gallery, style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.utils import files

TRIALS, SEED = 4_000, 11
COLORS = (style.LEARNED, style.MAML)
STRATEGIES = {
    "Gittins index": style.ORACLE,
    "UCB1": style.OTHER,
    "Thompson sampling": style.PRETRAINED,
    "greedy": style.TRUTH,
}
HEADLINE = """# Learning to act on bandits

Every agent and every strategy plays the same {trials:,} bandits of {arms} arms, {pulls} pulls
each, with the same luck; no training has seen them. Gittins' index, Thompson sampling and the greedy strategy know that arms are
uniform; the constant of UCB1 is the best of seven on other bandits; agents are told nothing.
"""
NAMES = ("regret", "training")
OTHERS = files.other_than(gallery.PAGE, *(f"{name}.{kind}" for name in NAMES for kind in ("png", "csv")))


def draw(out: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Draw regret and training curves into a folder; return the names of the figures.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    worlds = Bandits()
    headline = HEADLINE.format(trials=TRIALS, arms=worlds.arms, pulls=worlds.pulls)
    return gallery.write(out, headline, lambda: (regret(worlds), training(worlds)), force, OTHERS, "zoo figures acting")


def agents(worlds: Bandits) -> list[str]:
    """Entries with a card that play these bandits."""
    carded = [name for name in registry.names() if (registry.CARDS / name / "card.json").exists()]
    return [name for name in carded if registry.entry(name).benchmark == worlds]


def rewards(worlds: Bandits, drawn: Any) -> dict[str, np.ndarray]:
    """Of every agent and strategy, by name, `[trials, pulls]`."""
    found = {}
    for name in agents(worlds):
        answering, benchmark = registry.load(name).for_evaluation(worlds)
        found[name] = np.asarray(answering.answers(drawn.inputs, benchmark.horizon))
    played = bandit_strategies.played(drawn, worlds.draw(TUNING, TUNING_SEED))
    return found | {name: gained for name, gained in played.items() if name.split(",")[0] in STRATEGIES}


def regret(worlds: Bandits) -> Picture:
    """What the best arm would have gained beyond what was gained, summed over pulls."""
    drawn = worlds.draw(TRIALS, SEED)
    figure, part = style.axes(7.5, 4.5)
    best, pulls = drawn.means.max(axis=1, keepdims=True), np.arange(1, worlds.pulls + 1)
    colors, rows = iter(COLORS), []
    for name, gained in rewards(worlds, drawn).items():
        lost = (best - gained).cumsum(axis=1)
        mean, interval = lost.mean(axis=0), 1.96 * lost.std(axis=0) / len(lost) ** 0.5
        color = STRATEGIES.get(name.split(",")[0]) or next(colors)
        part.plot(pulls, mean, color=color, label=name)
        part.fill_between(pulls, mean - interval, mean + interval, color=color, alpha=0.2, linewidth=0)
        rows += [(name, int(at), *map(float, values)) for at, *values in zip(pulls, mean, interval, strict=True)]
    part.set(xlabel="pulls", ylabel="regret so far", title="New bandits of five arms")
    part.legend(frameon=False, fontsize=8, loc="upper left")
    caption = "Lower is better. Bands: 95 % over bandits."
    return Picture("regret", caption, figure, ("who", "pulls", "regret", "95 % half-width"), rows)


def training(worlds: Bandits) -> Picture:
    """The total reward on validation bandits while an agent was trained."""
    figure, part = style.axes(7.5, 4.5)
    rows = []
    for name, color in zip(agents(worlds), COLORS, strict=False):
        with open(registry.CARDS / name / "training.csv", newline="", encoding="utf-8") as file:
            curve = [(float(row["seconds"]) / 60.0, float(row["validation"])) for row in csv.DictReader(file)]
        part.plot(*zip(*curve, strict=True), "o-", color=color, markersize=3, label=name)
        rows += [(name, minutes, gained) for minutes, gained in curve]
    part.set(xlabel="minutes of training", ylabel="total reward of a trial", title="Reward on new bandits during training")
    part.legend(frameon=False, fontsize=8, loc="lower right")
    return Picture("training", "Higher is better.", figure, ("agent", "minutes", "total reward"), rows)
