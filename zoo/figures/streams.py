"""Streams: how often the first, the second, the k-th example of a class is answered rightly, over training; and what is read.

A. Santoro et al., "Meta-learning with memory-augmented neural networks", 2016, figure 2: accuracy stays at a guess for thousands
of steps and then rises at once for every instance but the first.
"""

import csv
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import tensorflow as tf

from zoo.datasets import ClassStreams
from zoo.figures import gallery, style
from zoo.figures.style import Picture
from zoo.hub import registry
from zoo.utils import files

SEED = 5
HEADLINE = """# Streams of new characters

Each example of a stream of five new characters is answered before its label is told. The first
of a class can only be guessed, the second shows what is remembered of one. A curve counts validation characters; see the file of
an entry for what its encoder was trained on.
"""


def draw(out: str | Path, force: bool = False, progress: bool = True) -> list[str]:
    """Draw training curves by instance, and of every entry with a memory what one stream reads; return their names.

    Raises:
        ZooError: if the folder exists and `force` is false.
    """
    names = entries()
    pictures = [f"training_{name}" for name in names] + [f"reads_{name}" for name in names if _has_memory(name)]
    others = files.other_than(gallery.PAGE, *(f"{name}.{kind}" for name in pictures for kind in ("png", "csv")))

    def made() -> list[Picture]:
        return [*map(training, names), *(reads(name) for name in names if _has_memory(name))]

    return gallery.write(out, HEADLINE, made, force, others, "zoo figures streams")


def entries() -> list[str]:
    """Entries with a card that are evaluated on streams."""
    carded = [name for name in registry.names() if (registry.CARDS / name / "card.json").exists()]
    return [name for name in carded if isinstance(registry.entry(name).benchmark, ClassStreams)]


def training(name: str) -> Picture:
    """Accuracy by instance on validation streams while an entry was trained."""
    entry = registry.entry(name)
    with open(registry.CARDS / name / "training.csv", newline="", encoding="utf-8") as file:
        curve = list(csv.DictReader(file))
    updates = [int(row["epoch"]) * entry.recipe.steps_per_epoch for row in curve]
    figure, part = style.axes(7.0, 4.0)
    columns = instances(list(curve[0]), entry.benchmark.instances[0])
    colours, rows = matplotlib.colormaps["viridis"], []
    for place, (instance, column) in enumerate(sorted(columns.items())):
        values = [100.0 * (1.0 - float(row[column])) for row in curve]
        part.plot(updates, values, "o-", color=colours(0.9 * place / len(columns)), markersize=2, label=str(instance))
        rows += [(instance, *pair) for pair in zip(updates, values, strict=True)]
    easier = entry.recipe.steps_per_epoch * entry.lessons()[-1][1]
    if easier:
        part.axvline(easier, color=style.TRUTH, linestyle=":", linewidth=1)
    part.set(xlabel=f"updates of {entry.recipe.tasks_per_step} streams", ylabel="right answers, %", title=name, ylim=(0, 100))
    part.legend(title="instance", frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = "Right answers by instance of a class, on validation streams." + (
        " Left of the dotted line training is on easier streams." if easier else ""
    )
    return Picture(f"training_{name}", caption, figure, ("instance", "updates", "right answers, %"), rows)


def instances(columns: list[str], headline: int) -> dict[int, str]:
    """The column of a curve for each instance that it has."""
    further = {int(column.rpartition(" ")[2]): column for column in columns if column.startswith("validation instance ")}
    return {headline: "validation"} | further


def reads(name: str) -> Picture:
    """Where the memory was read, step by step of one stream: mean over heads, and under it whether the answer was right."""
    learner, benchmark = registry.load(name), registry.entry(name).benchmark
    drawn = benchmark.draw(1, SEED, **benchmark.conditions()[0])
    weights, right = stream_reads(learner, drawn.stream_x, drawn.stream_y)
    figure, part = style.axes(8.0, 4.2)
    part.grid(visible=False)
    steps, slots = weights.shape
    part.imshow(np.sqrt(weights.T), aspect="auto", cmap="magma", origin="lower", interpolation="nearest")
    which = drawn.stream_y[0].argmax(axis=1)
    for step in range(steps):
        colour = style.ORACLE if right[step] else style.LEARNED
        part.text(step, -0.02 * slots, "abcdefghij"[which[step]], color=colour, ha="center", va="top", fontsize=7)
    part.set(ylabel="slot of the memory", title=f"{name}: a stream of {steps} steps")
    part.set_xticks([])
    caption = "What is read at each step, mean over heads, square root; letters are classes, green where the answer was right."
    rows = [(step + 1, int(which[step]), bool(right[step]), *(f"{each:.4f}" for each in weights[step])) for step in range(steps)]
    return Picture(f"reads_{name}", caption, figure, ("step", "class", "right", *(f"slot {at}" for at in range(slots))), rows)


def stream_reads(learner: Any, stream_x: np.ndarray, stream_y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Read weights of one stream `[T, slots]`, mean over heads, and whether each answer was right, `[T]`."""
    seen = learner.seen(learner.embedded(stream_x))
    state = learner.begin(tf.constant(1))
    label, weights, right = tf.zeros([1, learner.slots]), [], []
    for step in range(stream_x.shape[1]):
        state, logits = learner.step(state, seen[:, step], label)
        label = tf.constant(stream_y[:, step])
        weights.append(state["read_weights"].numpy()[0].mean(axis=0))
        right.append(int(logits.numpy()[0].argmax()) == int(stream_y[0, step].argmax()))
    return np.stack(weights), np.array(right)


def _has_memory(name: str) -> bool:
    return registry.entry(name).config.memory > 0
