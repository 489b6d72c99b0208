"""A real episode of a classifier in one picture: what it learned from, what it took each query for, and its votes.

Rows are classes. The votes beside them are the probabilities of the classes, or, of a learner that attends to its examples, how
much each of these counted.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from zoo.datasets import Benchmark, Tasks
from zoo.figures import style
from zoo.learners.capabilities import Attends
from zoo.utils import files
from zoo.utils.logits import softmax

WAYS, SHOTS, QUERIES = 10, 3, 3
SEED, TRIED = 1, 40  # episodes looked at; the one with the most mistakes is drawn
GAP = 4  # pixels between pictures
RIGHT, WRONG = style.ORACLE, style.LEARNED
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


def draw(learner: Any, episodes: Benchmark, path: str | Path) -> None:
    """Draw the worst of some test episodes of a classifier, so that there is something to be seen.

    Args:
        learner: a classifier.
        episodes: what it is evaluated on.
        path: of the PNG; replaced if it exists.
    """
    n_way = episodes.n_way
    if n_way is None:
        drawn = episodes.draw(TRIED, SEED, **episodes.conditions()[0])
    else:
        drawn = n_way.draw(TRIED, SEED, ways=WAYS, shots=SHOTS, queries=QUERIES)
    answering, embedded = learner.for_evaluation(episodes)
    tasks = embedded.prepared(drawn)
    task = answering.adapt(tasks.inputs)
    logits = np.asarray(answering.answers(tasks.inputs))
    wrong = (logits.argmax(axis=2) != drawn.query_y.argmax(axis=2)).sum(axis=1)
    worst = int(wrong.argmax())
    one = Tasks(*(part[worst : worst + 1] for part in drawn))
    votes, what = _votes(learner, {name: value[worst : worst + 1] for name, value in task.items()}, one, logits[worst])
    nearest = "nearest to\nprototype" if "prototype" in task else "nearest\nquery"
    share = 100 * wrong.mean() / logits.shape[1]
    title = f"{wrong[worst]} of {logits.shape[1]} wrong, the most in {TRIED} episodes, of whose queries {share:.2g} % are wrong"
    figure = _figure(one, logits[worst], votes, what, nearest, title)
    with files.written_aside(path, force=True) as aside:
        _write(figure, aside)


def _write(figure: Figure, path: Path) -> None:
    """As a PNG of few colours, which is a third of the size."""
    with io.BytesIO() as drawn:
        figure.savefig(drawn, dpi=100, format="png")
        style.plt.close(figure)
        with Image.open(drawn) as picture:
            picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, format="png", optimize=True)


def _votes(learner: Any, task: dict[str, Any], one: Tasks, logits: np.ndarray) -> tuple[np.ndarray, str]:
    """How each query was decided, `[M, classes or examples]`, and what the columns are."""
    if learner.offers(Attends):
        weights = learner.attention(task, one.query_x).numpy()[0]
        return weights[:, _by_class(one.support_y[0])], "attention to the examples"
    return softmax(logits), "probability of the classes"


def _by_class(label: np.ndarray) -> np.ndarray:
    """Order of rows that puts those of the first class first."""
    return np.argsort(label.argmax(axis=-1), kind="stable")


def _figure(one: Tasks, logits: np.ndarray, votes: np.ndarray, what: str, nearest: str, title: str) -> Figure:
    label, asked = one.support_y[0].argmax(axis=-1), one.query_y[0].argmax(axis=-1)
    ways, order = one.query_y.shape[2], _by_class(one.query_y[0])
    columns = [max(np.bincount(each, minlength=ways)) for each in (label, asked)]
    side = one.support_x.shape[2] + GAP
    figure, (cells, panel) = style.plt.subplots(1, 2, figsize=(8.2, 4.6), layout="constrained", width_ratios=(1.25, 1))
    canvas = np.zeros([ways * side, (sum(columns) + 2) * side, *one.support_x.shape[4:]])
    names = [chr(ord("A") + way) if ways <= 26 else str(way) for way in range(ways)]

    def put(x: np.ndarray, row: int, column: float, color: str | None = None, text: str = "") -> None:
        top, left = row * side, int(column * side)
        canvas[top : top + side - GAP, left : left + side - GAP] = x
        corner = (left - 2, top - 2)
        if color:
            cells.add_patch(style.plt.Rectangle(corner, side - 2, side - 2, fill=False, color=color, linewidth=1.2))
        if text:
            cells.text(left + side - GAP, top + side - GAP, text, color=color, fontsize=9, weight="bold", ha="right", bbox=BEHIND)

    for way in range(ways):
        for column, at in enumerate(np.flatnonzero(label == way)):
            put(one.support_x[0, at], way, column)
        put(one.query_x[0, logits[:, way].argmax()], way, columns[0] + 0.5)
        for column, at in enumerate(np.flatnonzero(asked == way)):
            said = logits[at].argmax()
            color = RIGHT if said == way else WRONG
            put(one.query_x[0, at], way, columns[0] + 2 + column, color, "" if said == way else names[said])
    height, width = canvas.shape[:2]
    cells.imshow(canvas if canvas.shape[2] == 3 else canvas[..., 0], cmap="gray_r", vmin=0, vmax=1)
    cells.set(xlim=(-GAP, width), ylim=(height, -GAP))
    middles = np.arange(ways) * side + (side - GAP) / 2
    cells.set_yticks(middles, names)
    centres = np.array([columns[0] / 2, columns[0] + 1, columns[0] + 2 + columns[1] / 2]) * side - GAP / 2
    cells.set_xticks(centres, ["learned from", nearest, "queries\nred: taken for"])
    cells.tick_params(length=0)
    cells.spines[:].set_visible(False)
    panel.imshow(votes[order], cmap="magma", vmin=0, aspect="auto", interpolation="nearest")
    panel.set_yticks(np.arange(ways) * columns[1] + (columns[1] - 1) / 2, names)
    each = votes.shape[1] // ways
    panel.set_xticks(np.arange(ways) * each + (each - 1) / 2, names)
    panel.tick_params(length=0)
    panel.set(ylabel="queries of the class", xlabel=what)
    figure.suptitle(title, fontsize=10)
    return figure
