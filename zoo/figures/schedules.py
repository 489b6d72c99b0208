"""Learned training schedules: figures 2 to 4 of the paper on hypergradients, and how the schedules do beside constant rates.

D. Maclaurin, D. Duvenaud, R. Adams, "Gradient-based hyperparameter optimization through reversible learning", 2015, section 3.1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from zoo.figures import gallery, style
from zoo.figures.schedule_problem import GROUP, LAYERS, STEPS, Digits
from zoo.figures.style import Picture
from zoo.training.hypergradient import Hypergradients, Schedule, descend, reverse
from zoo.utils import files
from zoo.utils.errors import ZooError

LOG_RATE, MOMENTUM = -1.0, 0.5  # at the start
META_STEPS, META_RATE = 50, 0.04  # of Adam, on the logarithms of rates
AVERAGED, FRESH = 100, range(1_000, 1_010)  # seeds of figure 4, and those of the comparison, which no schedule has seen
GRID = tuple((log_rate, momentum) for momentum in (0.5, 0.9) for log_rate in np.arange(-1.0, 2.01, 0.25).tolist())
COLOURS = (style.PRETRAINED, style.OTHER, style.MAML, style.LEARNED)
OTHERS = files.other_than(gallery.PAGE, *(f"schedules_*.{kind}" for kind in ("png", "csv")))
HEADLINE = "# Learned training schedules, from our measurements\n"


@dataclass(frozen=True)
class Learned:
    """A schedule that was learned.

    Attributes:
        schedule: the last one.
        curve: the loss at the end of training before each step of learning, `[META_STEPS]`.
    """

    schedule: Schedule
    curve: list[float]


def draw(folder: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Learn schedules and draw them into a folder: `NAME.png`, its numbers in `NAME.csv`, and all on one page, `README.md`.

    Args:
        folder: to make.
        force: whether to replace it if it exists.
        progress: whether to show progress bars.

    Returns:
        The names, in the order of the page.

    Raises:
        ZooError: if the folder exists and `force` is false, or MNIST cannot be had.
    """
    return gallery.write(folder, HEADLINE, lambda: pictures(Digits.mnist(), progress), force, OTHERS, "zoo figures schedules")


def pictures(digits: Digits, progress: bool) -> Iterator[Picture]:
    """Measure and draw one figure after the other."""

    def bar(items: Any, told: str) -> Any:
        return tqdm(items, told, disable=not progress, leave=False)

    start = constant(LOG_RATE, MOMENTUM)
    rates_only = learn(digits, start, bar)
    yield _schedule(rates_only.schedule)
    yield _curves(digits, rates_only)
    yield _averaged([hypergradients(digits, seed, start)[1].rates for seed in bar(range(AVERAGED), "hypergradients")])
    grid = {each: _ends(digits, constant(*each)) for each in bar(GRID, "constant rates")}
    best = min(grid, key=lambda each: float(np.nan_to_num(np.mean(grid[each]), nan=np.inf)))
    both = learn(digits, constant(*best), bar, momenta=True)
    rows = {
        f"constant, where learning starts: rate e^{LOG_RATE:g}, momentum {MOMENTUM:g}": _ends(digits, start),
        "rates learned from there": _ends(digits, rates_only.schedule),
        f"best constant of {len(GRID)}: rate e^{best[0]:g}, momentum {best[1]:g}": grid[best],
        "rates and momenta learned from there": _ends(digits, both.schedule),
    }
    yield _compared(rows)


def constant(log_rate: float, momentum: float) -> Schedule:
    """One rate and momentum for every layer and step."""
    whole = np.ones((STEPS, 2 * LAYERS))
    return Schedule(np.exp(log_rate) * whole, momentum * whole, GROUP)


def hypergradients(digits: Digits, seed: int, schedule: Schedule) -> tuple[float, Hypergradients]:
    """The training loss that a run ends at, and its derivatives."""
    batches = digits.batches(seed)
    gradient = digits.gradient(batches)
    end = descend(digits.start(seed), gradient, schedule)
    loss, slope = digits.end(end.weights)
    return loss, reverse(end, slope, gradient, digits.product(batches), schedule)


def learn(digits: Digits, start: Schedule, bar: Callable[..., Any], momenta: bool = False) -> Learned:
    """Adam on logarithms of rates and, if asked, on logits of momenta; every step sees new weights and batches."""
    log_rates, logits = tf.Variable(np.log(start.rates)), tf.Variable(np.log(start.momenta / (1.0 - start.momenta)))
    optimizer, curve, schedule = keras.optimizers.Adam(META_RATE), [], start
    for seed in bar(range(META_STEPS), "learning schedules"):
        loss, found = hypergradients(digits, seed, schedule)
        curve.append(loss)
        steps = [(found.rates * schedule.rates, log_rates)]
        if momenta:
            steps.append((found.momenta * schedule.momenta * (1.0 - schedule.momenta), logits))
        optimizer.apply_gradients([(tf.constant(slope), parameter) for slope, parameter in steps])
        schedule = Schedule(np.exp(log_rates.numpy()), 1.0 / (1.0 + np.exp(-logits.numpy())), GROUP)
    return Learned(schedule, curve)


def _ends(digits: Digits, schedule: Schedule) -> list[float]:
    """Training loss at the end of runs with fresh seeds; NaN of one that diverges."""
    losses = []
    for seed in FRESH:
        try:
            end = descend(digits.start(seed), digits.gradient(digits.batches(seed)), schedule)
            losses.append(digits.end(end.weights)[0])
        except ZooError:
            losses.append(float("nan"))
    return losses


def _by_layer(numbers: np.ndarray) -> list[list[float]]:
    return [[step, *row] for step, row in enumerate(numbers.tolist())]


COLUMNS = ["step", *(f"{kind} of layer {layer}" for layer in range(1, LAYERS + 1) for kind in ("weights", "biases"))]


def _lines(name: str, caption: str, numbers: np.ndarray, told: str) -> Picture:
    """Numbers `[STEPS, 2 LAYERS]` along training: weights to the left, biases to the right."""
    figure, parts = style.panels(2, 9.0, 3.6)
    for part, kind, offset in zip(parts, ("weights", "biases"), (0, 1), strict=True):
        for layer in range(LAYERS):
            part.plot(numbers[:, 2 * layer + offset], color=COLOURS[layer], label=f"layer {layer + 1}")
        part.set(xlabel="training step", ylabel=told, title=kind)
    parts[1].legend(frameon=False)
    return Picture(name, caption, figure, COLUMNS, _by_layer(numbers))


def _schedule(schedule: Schedule) -> Picture:
    caption = f"Learning rates of every layer and step after {META_STEPS} steps of learning them; each started at e^{LOG_RATE:g}."
    return _lines("schedules_2_learned", caption, schedule.rates, "learning rate")


def _averaged(found: list[np.ndarray]) -> Picture:
    caption = (
        f"Derivative of the loss at the end by each learning rate, where all are e^{LOG_RATE:g}; mean of {len(found)} seeds."
    )
    return _lines("schedules_4_hypergradient", caption, np.mean(found, axis=0), "hypergradient")


def _curves(digits: Digits, learned: Learned) -> Picture:
    """One training run at the first and the last schedule, and the loss at the end along the learning of schedules."""
    batches, runs = digits.batches(FRESH[0]), []
    for schedule in (constant(LOG_RATE, MOMENTUM), learned.schedule):
        run: list[float] = []
        slope = digits.gradient(batches)

        def noted(w: np.ndarray, step: int, run: list[float] = run, slope: Any = slope) -> np.ndarray:
            if step % 10 == 0:
                run.append(digits.end(w)[0])
            return slope(w, step)

        end = descend(digits.start(FRESH[0]), noted, schedule)
        runs.append([*run, digits.end(end.weights)[0]])
    figure, (left, right) = style.panels(2, 9.0, 3.6)
    steps = [*range(0, STEPS, 10), STEPS]
    for run, colour, label in zip(runs, (style.TRUTH, style.LEARNED), ("first schedule", "last schedule"), strict=True):
        left.plot(steps, run, color=colour, label=label)
    left.set(xlabel="training step", ylabel="training loss", title="elementary learning curves")
    left.legend(frameon=False)
    right.plot(learned.curve, color=style.LEARNED)
    right.set(xlabel="step of learning the schedule", ylabel="training loss at the end", title="meta-learning curve")
    rows = [["training", step, *pair] for step, *pair in zip(steps, *runs, strict=True)]
    rows += [["learning the schedule", step, "", loss] for step, loss in enumerate(learned.curve)]
    caption = "Training with the first and the last schedule, and what training ends at while the schedule is learned."
    return Picture("schedules_3_curves", caption, figure, ["curve", "step", "first schedule", "last schedule"], rows)


def _compared(rows: dict[str, list[float]]) -> Picture:
    figure, part = style.axes(8.0, 2.8)
    for place, losses in enumerate(rows.values()):
        part.plot(losses, [place] * len(losses), "o", color=style.POINTS, alpha=0.35)
        part.plot([np.mean(losses)], [place], "|", color=style.LEARNED, markersize=18, markeredgewidth=2)
    part.set_yticks(range(len(rows)), [*rows])
    part.invert_yaxis()
    part.set(xlabel="training loss after 100 steps", xlim=(0.0, None))
    table = [[told, float(np.mean(losses)), float(np.std(losses)), *losses] for told, losses in rows.items()]
    caption = f"Training loss on {len(FRESH)} fresh seeds, dots, and their mean: learned schedules beside constant ones."
    columns = ["schedule", "mean", "deviation", *(f"seed {seed}" for seed in FRESH)]
    return Picture("schedules_compared", caption, figure, columns, table)
