"""Out-of-distribution scores of tables, on synthetic tables: false alarms at the threshold, and what it finds.

    .venv/bin/python benchmarks/tables_outside.py          # a Markdown table, for docs/tabular.md
    .venv/bin/python benchmarks/tables_outside.py --fit    # the constants of zoo/learners/outside.py, from other tables

A row is one kind of tables, of exactly so many rows and up to so many columns. Beside the queries themselves, which are false
alarms where the score is above its threshold, the score sees them with every column shifted by five deviations, with one column
shifted, with their columns exchanged, and the queries of another table. Two numbers are the share found, and the area under the
ROC curve.
"""

import os
import sys
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import zoo
from zoo.datasets.tables.columns import Columns
from zoo.datasets.tables.synthetic import SyntheticTables
from zoo.evaluation.calibration import area_under_curve
from zoo.learners import outside
from zoo.learners.outside import Outside

SEED, FIT_SEED, TASKS, FIT_TASKS = 5, 1, 60, 50
SHAPES = ((10, 8), (50, 8), (50, 16), (200, 16), (50, 90))
FIT_SHAPES = tuple((rows, columns) for rows in (10, 20, 50, 100, 200, 500) for columns in (8, 16, 90))
STEPS = 6_000
KNOWN = 0.95


def tables(learner, rows, columns, tasks, seed):
    """Queries of synthetic tables, what is outside of each, and its learned task."""
    drawn = SyntheticTables()._drawn(np.random.default_rng([9, seed, rows, columns]), tasks, rows, columns, exact=True)
    for x, y, size, query in zip(drawn.support_x, drawn.support_y, drawn.support_size, drawn.query_x, strict=True):
        learned = {name: np.asarray(part) for name, part in learner.graphs.adapt(x[None], y[None], size[None]).items()}
        if (learned["scale"] > 0).any():
            yield query, Outside.of(SimpleNamespace(columns=Columns.trivial(columns), size=rows, learned=learned)), learned


def odd_rows(query, near, other, generator):
    """The queries of a table, made odd in four ways."""
    step = np.where(near.scale > 0, 5.0 / np.where(near.scale > 0, near.scale, 1.0), 0.0).astype(np.float32)
    used = np.flatnonzero(near.weight)
    one, exchanged = query.copy(), query.copy()
    column = generator.choice(used)
    one[:, column] += step[column]
    exchanged[:, used] = query[:, generator.permutation(used)]
    return query + step, one, exchanged, other


def measure(learner, rows, columns):
    """False alarms, then of each way the share found and the area under the curve; and that of minus the largest logit."""
    found, generator = list(tables(learner, rows, columns, TASKS, SEED)), np.random.default_rng(SEED)
    lines = []
    for (query, near, learned), (other, *_) in zip(found, found[1:] + found[:1], strict=True):
        usual = near.score(query)
        odd = odd_rows(query, near, other, generator)
        line = [(usual > outside.THRESHOLD).mean()]
        for score in map(near.score, odd):
            line += [(score > outside.THRESHOLD).mean(), area_under_curve(score, usual)]
        before, after = (-np.asarray(learner.graphs.apply(learned, each[None]))[0].max(axis=-1) for each in (query, odd[0]))
        lines.append([*line, area_under_curve(after, before)])
    return np.mean(lines, axis=0)


def fit(learner):
    """The constants of `outside.QUANTILE`: quantile regression of the logarithm, by Adam."""
    places, scores = [], []
    for rows, columns in FIT_SHAPES:
        for query, near, _ in tables(learner, rows, columns, FIT_TASKS, FIT_SEED):
            across = int((near.weight > 0).sum())
            wide = np.log(across)
            score = near.score(query).astype(np.float64) * outside.usual(rows, across)
            places += [[1.0, 1.0 / min(rows, outside.MOST_ROWS), wide, wide * wide]] * len(score)
            scores.append(score)
    x, y = np.array(places), np.log(np.concatenate(scores) + outside.OFFSET)
    scale = np.append(1.0, x[:, 1:].std(axis=0))
    x, w, mean, square = x / scale, np.array([-1.5, 0.0, 0.0, 0.0]), np.zeros(4), np.zeros(4)
    for step in range(1, STEPS + 1):
        slope = -(x * np.where(y > x @ w, KNOWN, KNOWN - 1.0)[:, None]).mean(axis=0)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        w = w - 0.02 * (1.0 - step / (STEPS + 1)) * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    return w / scale


if __name__ == "__main__":
    tabular = zoo.load("tabular")
    if "--fit" in sys.argv:
        print(fit(tabular).round(3).tolist())
    else:
        print(
            "| rows, columns | false alarms | all columns shifted | one column shifted | columns exchanged | another table | "
            "minus the largest logit, all shifted |\n|---|---:|---:|---:|---:|---:|---:|"
        )
        for shape in SHAPES:
            false, *pairs, logit = measure(tabular, *shape)
            cells = [f"{pairs[at]:.0%}, {pairs[at + 1]:.2f}" for at in range(0, len(pairs), 2)]
            print(f"| {shape[0]}, up to {shape[1]} | {false:.1%} | {' | '.join(cells)} | {logit:.2f} |", flush=True)
