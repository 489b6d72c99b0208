"""What a learned optimizer proposes for one coordinate: along its own run beside Adam and SGD, and by the gradient it is shown.

M. Andrychowicz et al., "Learning to learn by gradient descent by gradient descent", 2016, figures 10 (the history of updates of
one coordinate) and 11 to 13 (updates as a function of the current gradient, after different histories).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.optimizees.hand_written import BY_NAME
from zoo.datasets.optimizees.optimizees import SEGMENT, SEGMENTS, Optimizees, split_inputs
from zoo.figures import style
from zoo.figures.style import Picture
from zoo.hub import registry

SEED, COORDINATES = 21, 3
STEPS = SEGMENT * SEGMENTS
SHOWN = (1, 10, 30, 100)  # steps after which gradients are tried
TRIED = 81
BESIDE = {"Adam": style.OTHER, "SGD": style.MAML}


@dataclass(frozen=True)
class Run:
    """A run of a learned optimizer.

    Attributes:
        coordinates: those of which the rest is kept, K of them.
        gradient, update: `[STEPS, K]`.
        memory: the state before each step, `[STEPS, K, S]`.
        beside: what others would have proposed for the same gradients, by name, `[STEPS, K]`.
    """

    coordinates: np.ndarray
    gradient: np.ndarray
    update: np.ndarray
    memory: np.ndarray
    beside: dict[str, np.ndarray]


def run(layer: Any, benchmark: Optimizees, rates: dict[str, float]) -> Run:
    """Run on the first optimizee of a benchmark.

    The coordinates are those with the largest gradients, by their sum of squares: most of a network of digits never moves.
    """
    optimizee = benchmark.optimizees[0]
    start, instances = split_inputs(benchmark.draw(1, SEED).inputs)
    weights, shown = tf.constant(start), {name: tf.constant(part) for name, part in instances.items()}
    rules = {name: BY_NAME[name](tf.constant(rate)) for name, rate in rates.items()}
    memory, kept = layer.start(weights), {name: rule.start(weights) for name, rule in rules.items()}
    found: dict[str, list[np.ndarray]] = {name: [] for name in ("gradient", "update", *rates)}
    memories = []
    for step in range(STEPS):
        _, gradient = optimizee.slope(weights, shown, step)
        memories.append(memory[0].numpy())
        update, memory = layer(gradient, memory)
        weights = weights + update
        for name, rule in rules.items():
            proposed, kept[name] = rule.step(gradient, kept[name])
            found[name].append(proposed[0].numpy())
        found["gradient"].append(gradient[0].numpy())
        found["update"].append(update[0].numpy())
    slopes = np.stack(found["gradient"])  # [STEPS, P]
    chosen = np.argsort(-np.square(slopes).sum(axis=0), kind="stable")[:COORDINATES]
    parts = {name: np.stack(each)[:, chosen] for name, each in found.items()}
    memory = np.stack([each[chosen] for each in memories])
    return Run(chosen, parts.pop("gradient"), parts.pop("update"), memory, parts)


def tried(layer: Any, memory: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """What is proposed for each of some gradients `[N]` after one history, its state `[S]`: `[N]`."""
    state = tf.tile(tf.constant(memory)[None, None], [1, len(gradients), 1])
    return layer(tf.constant(gradients[None], tf.float32), state)[0][0].numpy()


def tuned(name: str) -> dict[str, float]:
    """Learning rates of the optimizers beside it, as the card of the entry chose them."""
    rates: dict[str, float] = {}
    for row in registry.card(name)["evaluation"]["baselines"]:
        other, _, rate = row["baseline"].partition(", learning rate ")
        if other in BESIDE:
            rates.setdefault(other, float(rate))  # of the first condition, which training showed
    return rates


def pictures(name: str, benchmark: Optimizees) -> Iterator[Picture]:
    """The history of a few coordinates, and updates by gradient."""
    layer = registry.load(name).rule
    done = run(layer, benchmark, tuned(name))
    yield _history(name, done)
    yield _by_gradient(name, layer, done)


def _history(name: str, done: Run) -> Picture:
    figure, parts = style.panels(COORDINATES, 11.0, 3.4)
    for place, part in enumerate(parts):
        part.plot(done.update[:, place], color=style.LEARNED, label="learned")
        for other, proposed in done.beside.items():
            part.plot(proposed[:, place], color=BESIDE[other], linewidth=1, label=other)
        part.axhline(0.0, color="k", linewidth=0.5)
        part.set(xlabel="step", title=f"coordinate {done.coordinates[place]}")
    parts[0].set_ylabel("proposed update")
    parts[0].legend(frameon=False, fontsize=8)
    columns = ["coordinate", "step", "gradient", "learned", *done.beside]
    rows = [
        [
            done.coordinates[place],
            step,
            *(numbers[step, place] for numbers in (done.gradient, done.update, *done.beside.values())),
        ]
        for place in range(COORDINATES)
        for step in range(STEPS)
    ]
    caption = f"Updates that {name} proposes along its own run, and those of others, tuned, for the same gradients."
    return Picture("updates_history", caption, figure, columns, rows)


def _by_gradient(name: str, layer: Any, done: Run) -> Picture:
    figure, parts = style.panels(COORDINATES, 11.0, 3.4)
    shades = np.linspace(0.25, 1.0, len(SHOWN))
    rows: list[tuple[Any, ...]] = []
    for place, part in enumerate(parts):
        reach = 1.5 * float(np.abs(done.gradient[:, place]).max())
        gradients = np.linspace(-reach, reach, TRIED)
        for shade, step in zip(shades, SHOWN, strict=True):
            updates = tried(layer, done.memory[step - 1, place], gradients)
            part.plot(gradients, updates, color=style.LEARNED, alpha=shade, label=f"step {step}")
            rows += [(done.coordinates[place], step, *pair) for pair in zip(gradients, updates, strict=True)]
        part.axhline(0.0, color="k", linewidth=0.5)
        part.axvline(0.0, color="k", linewidth=0.5)
        part.set(xlabel="gradient shown", title=f"coordinate {done.coordinates[place]}")
    parts[0].set_ylabel("proposed update")
    parts[0].legend(frameon=False, fontsize=8)
    caption = f"What {name} proposes for any gradient at some steps of the same run: the history decides, too."
    return Picture("updates_by_gradient", caption, figure, ("coordinate", "step", "gradient", "update"), rows)
