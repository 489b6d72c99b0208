"""What gradient steps are worth: the error of every learner by gradients after 0 to 50 steps, those of a shelf in one picture.

After C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, figure 3. A
learner is found by its entry: whoever adds one adds a curve.
"""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib

from zoo.evaluation.scores import measured, score
from zoo.figures import style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.learners.gradient_learner import GradientLearner

STEPS = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50)
SEED = 11
# The entries of a shelf that are drawn together: what they learn, tasks, and whether the share of right answers is drawn.
SHELVES = {
    "sinusoids": ("waves", 1_000, False),
    "omniglot": ("characters", 200, True),
    "rooms": ("flights of a ball", 200, False),
}


def entries(shelf: str) -> list[str]:
    """Those of learners by gradients."""
    names = (name for name in registry.names() if registry.shelf(name) == shelf)
    return [name for name in names if issubclass(registry.entry(name).learner, GradientLearner)]


def pictures(bar: Callable[[Any, str], Any]) -> Iterator[Picture]:
    """A figure for each shelf that has such entries."""
    for shelf, (told, tasks, right) in SHELVES.items():
        names = entries(shelf)
        if names:
            yield _picture(shelf, told, {name: curve(name, tasks) for name in bar(names, f"steps on {told}")}, tasks, right)


def curve(name: str, tasks: int) -> list[tuple[float, float]]:
    """Error after each number of steps, and the half-width of its 95 % interval, under the first condition of the entry."""
    benchmark = registry.entry(name).benchmark
    answering, benchmark = registry.load(name).for_evaluation(benchmark, many=True)
    condition = benchmark.conditions()[0]
    drawn = benchmark.draw(tasks, SEED, **condition)
    variants = [({"steps": steps}, {"on": "inner", "steps": steps}) for steps in STEPS]
    found = [score(benchmark, *each) for each in measured(answering, benchmark, benchmark.prepared(drawn), variants)]
    first = {one.condition["steps"]: one for one in reversed(found)}  # the first of the scores that a benchmark gives
    return [(first[steps].mean, first[steps].interval) for steps in STEPS]


def _picture(shelf: str, told: str, curves: dict[str, list[tuple[float, float]]], tasks: int, right: bool) -> Picture:
    figure, part = style.axes(8.0, 4.2)
    colours = matplotlib.colormaps["tab10"]
    rows = []
    for place, (name, found) in enumerate(curves.items()):
        benchmark, worth = registry.entry(name).benchmark, registry.entry(name).config.inner_steps
        means, halves = zip(*found, strict=True)
        values = [100.0 * (1.0 - mean) for mean in means] if right else list(means)
        wide = [100.0 * half if right else half for half in halves]
        colour = colours(place % colours.N)
        part.plot(STEPS, values, "o-", color=colour, markersize=3, label=name)
        low, high = ([each + sign * half for each, half in zip(values, wide, strict=True)] for sign in (-1, 1))
        part.fill_between(STEPS, low, high, color=colour, alpha=0.2, linewidth=0)
        if worth in STEPS:
            part.plot([worth], [values[STEPS.index(worth)]], "o", color=colour, markersize=8, markerfacecolor="none")
        condition = ", ".join(f"{key} {value}" for key, value in benchmark.conditions()[0].items())
        rows += [(name, condition, steps, *pair) for steps, *pair in zip(STEPS, values, wide, strict=True)]
    what = "right answers, %" if right else registry.entry(next(iter(curves))).benchmark.metric
    part.set(xlabel="gradient steps from the learned start", ylabel=what, xscale="symlog", yscale="linear" if right else "log")
    part.set_xticks(STEPS, [str(steps) for steps in STEPS])
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = f"Learners of {told} by their own gradient steps, on {tasks} tasks; the circle is what adapt takes. Bands: 95 %."
    return Picture(f"steps_{shelf}", caption, figure, ("entry", "condition", "steps", what, "95 % half-width"), rows)
