"""Learning to act: what agents gain in worlds that none has seen, step by step, beside strategies that know the prior.

N. Mishra et al., "A simple neural attentive meta-learner", 2018, sections 5.1 and 5.2. Of bandits the regret, which is what the
best arm of each would have gained beyond what was gained; of tabular worlds the reward of every episode.
"""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets import Bandits, TabularMDPs
from zoo.datasets.acting import bandit_strategies, mdp_strategies
from zoo.datasets.acting.bandits import TUNING, TUNING_SEED
from zoo.datasets.acting.environments import Environments
from zoo.figures import gallery, style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.utils import files

TRIALS, SEED = 4_000, 11
WORLDS = 2_000  # tabular ones
COLORS = (style.LEARNED, style.MAML)
STRATEGIES = {
    "Gittins index": style.ORACLE,
    "UCB1": style.OTHER,
    "Thompson sampling": style.PRETRAINED,
    "greedy": style.TRUTH,
}
KNOWING = "value iteration"
PLANNERS = {KNOWING: style.ORACLE, "PSRL": style.OTHER, "epsilon-greedy": style.PRETRAINED, "random": style.TRUTH}
HEADLINE = """# Learning to act

Every agent and every strategy plays the same {trials:,} bandits of {arms} arms, {pulls} pulls
each, with the same luck; no training has seen them. Gittins' index, Thompson sampling and the greedy strategy know that arms are
uniform; the constant of UCB1 is the best of seven on other bandits; agents are told nothing.

Of tabular worlds it is the same with {worlds:,} of them, {episodes} episodes of {steps} steps each. Posterior sampling (PSRL) and
the epsilon-greedy strategy know how worlds are drawn, and plan; value iteration knows the world itself, and its line is what it
gains on average. Cards give shares of what value iteration promises discounted by 0.99 a step, as published ones are; here
nothing is discounted.
"""
NAMES = ("regret", "training", "episodes", "training_worlds")
OTHERS = files.other_than(gallery.PAGE, *(f"{name}.{kind}" for name in NAMES for kind in ("png", "csv")))


def draw(out: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Draw regret, rewards by episode and training curves into a folder; return the names of the figures.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    bandits, worlds = Bandits(), TabularMDPs()
    sizes = {"trials": TRIALS, "arms": bandits.arms, "pulls": bandits.pulls}
    sizes |= {"worlds": WORLDS, "episodes": worlds.episodes, "steps": worlds.steps}

    def pictures() -> Iterator[Picture]:
        yield regret(bandits)
        yield training(bandits, "training", "total reward of a trial", "bandits")
        yield episodes(worlds)
        yield training(worlds, "training_worlds", "share of value iteration", "tabular worlds")

    return gallery.write(out, HEADLINE.format(**sizes), pictures, force, OTHERS, "zoo figures acting")


def agents(worlds: Environments) -> list[str]:
    """Entries with a card that act in these worlds."""
    carded = [name for name in registry.names() if (registry.CARDS / name / "card.json").exists()]
    return [name for name in carded if registry.entry(name).benchmark == worlds]


def rewards(worlds: Environments, drawn: Any) -> dict[str, np.ndarray]:
    """Of every agent, by name, `[trials, steps]`."""
    found = {}
    for name in agents(worlds):
        answering, benchmark = registry.load(name).for_evaluation(worlds)
        found[name] = np.asarray(answering.answers(drawn.inputs, benchmark.horizon))
    return found


def regret(worlds: Bandits) -> Picture:
    """What the best arm would have gained beyond what was gained, summed over pulls."""
    drawn = worlds.draw(TRIALS, SEED)
    figure, part = style.axes(7.5, 4.5)
    best = drawn.means.max(axis=1, keepdims=True)
    played = bandit_strategies.played(drawn, worlds.draw(TUNING, TUNING_SEED))
    known = {name: gained for name, gained in played.items() if name.split(",")[0] in STRATEGIES}
    lost = {name: (best - gained).cumsum(axis=1) for name, gained in (rewards(worlds, drawn) | known).items()}
    rows = _lines(part, lost, STRATEGIES)
    part.set(xlabel="pulls", ylabel="regret so far", title="New bandits of five arms")
    part.legend(frameon=False, fontsize=8, loc="upper left")
    caption = "Lower is better. Bands: 95 % over bandits."
    return Picture("regret", caption, figure, ("who", "pulls", "regret", "95 % half-width"), rows)


def episodes(worlds: TabularMDPs) -> Picture:
    """The reward of every episode, beside what an episode gains on average for whoever knows the world."""
    drawn = worlds.draw(WORLDS, SEED)
    figure, part = style.axes(7.5, 4.5)
    played = rewards(worlds, drawn) | mdp_strategies.played(drawn, worlds.steps)
    gained = {who: each.reshape(-1, worlds.episodes, worlds.steps).sum(axis=2) for who, each in played.items()}
    best = mdp_strategies.best_value(drawn.transitions, drawn.means, worlds.steps)
    gained[KNOWING] = np.repeat(best[:, None], worlds.episodes, axis=1)
    rows = _lines(part, gained, PLANNERS)
    part.set(xlabel="episode in the same world", ylabel=f"reward of {worlds.steps} steps", title="New tabular worlds")
    part.legend(frameon=False, fontsize=8, loc="lower right")
    caption = "Higher is better. Bands: 95 % over worlds."
    return Picture("episodes", caption, figure, ("who", "episode", "reward", "95 % half-width"), rows)


def training(worlds: Environments, name: str, measure: str, kind: str) -> Picture:
    """The score in validation worlds while an agent was trained."""
    figure, part = style.axes(7.5, 4.5)
    rows = []
    for who, color in zip(agents(worlds), COLORS, strict=False):
        with open(registry.CARDS / who / "training.csv", newline="", encoding="utf-8") as file:
            curve = [(float(row["seconds"]) / 60.0, float(row["validation"])) for row in csv.DictReader(file)]
        part.plot(*zip(*curve, strict=True), "o-", color=color, markersize=3, label=who)
        rows += [(who, minutes, gained) for minutes, gained in curve]
    part.set(xlabel="minutes of training", ylabel=measure, title=f"Reward on new {kind} during training")
    if rows:
        part.legend(frameon=False, fontsize=8, loc="lower right")
    return Picture(name, "Higher is better.", figure, ("agent", "minutes", measure), rows)


def _lines(part: Any, measured: dict[str, np.ndarray], colors: dict[str, str]) -> list[tuple[Any, ...]]:
    """A line of means for everybody, `[trials, places]` each, with a band of 95 %; and the same as rows."""
    own, rows = itertools.cycle(COLORS), []
    for who, each in measured.items():
        color = colors.get(who.split(",")[0]) or next(own)
        at, mean = np.arange(1, each.shape[1] + 1), each.mean(axis=0)
        interval = 1.96 * each.std(axis=0) / len(each) ** 0.5
        part.plot(at, mean, color=color, label=who)
        part.fill_between(at, mean - interval, mean + interval, color=color, alpha=0.2, linewidth=0)
        rows += [(who, int(place), *map(float, values)) for place, *values in zip(at, mean, interval, strict=True)]
    return rows
