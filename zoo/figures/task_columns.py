"""What a learned task makes of its columns: how much each counts, and what it predicts along those that count most.

J. Friedman, "Greedy function approximation: a gradient boosting machine", 2001: the partial dependence on a column is the mean
prediction over rows in which the column alone is set to a value.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zoo.datasets.tables import cells
from zoo.figures import gallery, style
from zoo.figures.style import Picture
from zoo.learners.importance import Importance, predictions
from zoo.learners.kept_columns import KeptColumns
from zoo.learners.task_model import TaskModel
from zoo.utils import files
from zoo.utils.errors import ZooError

DRAWN = 256  # rows over which a prediction is a mean, where none are given
MOST = 6  # columns that are drawn, unless more are asked for
COLORS = (style.LEARNED, style.POINTS, style.ORACLE, style.MAML, style.OTHER, style.PRETRAINED, *(f"C{at}" for at in range(4, 8)))
OTHERS = files.other_than(gallery.PAGE, "importance.*", "column_*")


class Rows(NamedTuple):
    """Rows that are drawn, as the learner reads them.

    Attributes:
        inputs: float32 `[N, inputs]`.
        labels: encoded, `[N, K]`; None where they are not known.
    """

    inputs: np.ndarray
    labels: np.ndarray | None


def draw(
    task: TaskModel, folder: str | Path, force: bool = False, x: Any = None, y: Any = None, label: str = "", most: int = MOST
) -> list[str]:
    """Draw into a folder how much each column counts, and the prediction along those that count most, with numbers as CSV.

    Args:
        task: of a learner of tables.
        folder: to make.
        force: whether to replace it if it exists.
        x, y: rows to draw, as for `predict`, and their labels, if they are known. Without rows, predictions are means over rows
            drawn from what the task keeps of its columns: it holds no rows itself.
        label: what people call the label.
        most: columns to draw.

    Returns:
        The names of the pictures.

    Raises:
        ZooError: if the folder exists and `force` is false, and as `TaskModel.importance`.
    """
    if most < 1:
        raise ZooError(f"most={most}: draw 1 column or more.")
    kept = KeptColumns.of(task)
    found, rows = task.importance(x if y is not None else None, y), None
    if x is not None:
        inputs = task.learner.queries("x", x, task.columns)
        rows = Rows(inputs, None if y is None else task.learner.labels.encode(y, task.given))
    label = label or ("probability" if task.classes else "label")

    def pictures() -> Iterator[Picture]:
        yield _overview(found, task, label)
        read = [at for at in found.order if kept.inputs_of(at)]
        for place, at in enumerate(read[:most], 1):
            yield _column(task, kept, at, place, rows, label)

    headline = f"# What the task makes of its columns: {task.title}\n"
    return gallery.write(folder, headline, pictures, force, OTHERS, "zoo figures task")


def _overview(found: Importance, task: TaskModel, label: str) -> Picture:
    """Bars of all columns."""
    order, unit = found.order, "probability" if task.classes else label
    shown = order[:20]
    figure, part = style.axes(7.0, 1.2 + 0.3 * len(shown))
    part.barh(range(len(shown)), found.effect[shown], color=style.LEARNED)
    part.set_yticks(range(len(shown)), [_short(found.columns[at]) for at in shown])
    part.invert_yaxis()
    part.set(xlabel=f"standard deviation of the {_plain(unit)} that the column causes", title="How much each column counts")
    rises = [(found.rise[at], found.deviation[at]) if found.rise.size else ("", "") for at in order]
    caption = "The effect of each column, alone and with others, on what the task predicts."
    rows = [(found.columns[at], found.effect[at], *rise) for at, rise in zip(order, rises, strict=True)]
    return Picture("importance", caption, figure, ("column", "effect", "rise when shuffled", "deviation"), rows)


def _column(task: TaskModel, kept: KeptColumns, column: int, place: int, rows: Rows | None, label: str) -> Picture:
    """The mean prediction along one column."""
    values, grid = kept.along(column)
    inputs, name = kept.inputs_of(column), kept.names[column]
    behind = kept.draw(np.random.default_rng(0), DRAWN) if rows is None else rows.inputs
    along = []
    for each in grid:
        moved = behind.copy()
        moved[:, inputs] = each
        along.append(predictions(task, task.answers_to(moved)).mean(axis=0))
    predicted, titles = np.array(along), list(map(str, task.classes)) or [label]  # [V, K]
    figure, part = style.axes()
    if kept.is_number(column):
        shown = np.array(values)
        if kept.columns.columns[column].kind == cells.MOMENT:
            shown = (shown * 1e6).astype("datetime64[us]")
            values = [str(each)[:19] for each in shown]
        for at, title in enumerate(titles):
            part.plot(shown, predicted[:, at], color=COLORS[at % len(COLORS)], label=_plain(title))
        _points(part, task, kept, column, rows)
    else:
        width = 0.8 / len(titles)
        for at, title in enumerate(titles):
            places = np.arange(len(values)) + (at + 0.5) * width - 0.4
            part.bar(places, predicted[:, at], width, color=COLORS[at % len(COLORS)], label=_plain(title))
        part.set_xticks(range(len(values)), [_short(str(each)) for each in values])
    part.set(xlabel=_short(name), ylabel="probability" if task.classes else _plain(label), title=f"Along {_short(name)}")
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    part.tick_params("x", rotation=30 if kept.columns.columns[column].kind != cells.NUMBER else 0)
    means = "the rows, which are the points" if rows is not None else "rows like those that the task was learned from"
    caption = f"Mean prediction over {means}, with this column at each value."
    numbers = [(value, *each) for value, each in zip(values, predicted, strict=True)]
    return Picture(f"column_{place}", caption, figure, (name, *titles), numbers)


def _points(part: Any, task: TaskModel, kept: KeptColumns, column: int, rows: Rows | None) -> None:
    """The rows: of numbers at their labels, or else at what is predicted; of classes at the probability of their own."""
    if rows is None:
        return
    at = kept.inputs_of(column)[0]
    made = kept.columns.inputs[at]
    x = rows.inputs[:, at].astype(np.float64) * made.scale + made.origin
    if kept.columns.columns[column].kind == cells.MOMENT:
        x = np.where(np.isnan(x), np.datetime64("NaT"), (np.nan_to_num(x) * 1e6).astype("datetime64[us]"))
    y = predictions(task, task.answers_to(rows.inputs))
    color: Any = style.POINTS
    if task.classes:
        own = (y if rows.labels is None else rows.labels)[:, : y.shape[1]].argmax(axis=1)
        y, color = y[np.arange(len(y)), own], [COLORS[each % len(COLORS)] for each in own]
    else:
        y = (y if rows.labels is None else rows.labels.reshape(len(y), -1))[:, 0]
    part.scatter(x, y, s=14, c=color, alpha=0.6, zorder=3, linewidths=0)


def _plain(text: str) -> str:
    """A name without what Matplotlib reads as formulas."""
    return text.replace("$", r"\$")


def _short(text: str) -> str:
    return _plain(text if len(text) <= 40 else f"{text[:39]}…")
