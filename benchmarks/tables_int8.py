"""What int8 costs a table as C source: bytes, and accuracy and log loss, or R2, on the real tables of `tables_data.py`.

    .venv/bin/python benchmarks/tables_int8.py [--rows 50] [--seeds 2]

The steps of the C source run in NumPy, which tests hold equal to the compiled source. Prints means over tables, of classes and of
numbers, and the mean change with half its 95 % interval.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tables_data
from tables import OURS

import zoo
from zoo.export import as_c, c_source

WAYS = ("float32", "int8")
LEAST = 1e-6  # of a probability, in a log loss


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    for kind, name in OURS.items():
        learner, graphs, found = zoo.load(name), {}, []
        for table in tables_data.listed(kind):
            x, y = tables_data.load(table, kind)
            if len(y) < options.rows + 40:
                continue
            each = [measured(kind, learner, graphs, x, y, options.rows, seed) for seed in range(options.seeds)]
            found.append(np.mean(each, axis=0))
        show(kind, np.stack(found))


def measured(kind, learner, graphs, x, y, rows, seed):
    """Bytes and scores, float32 and int8: `[2, scores]`."""
    known, new = tables_data.split(y, rows, seed, kind)
    task = learner.learn(x.iloc[known], y[known])
    width = task.columns.width
    graph = graphs.get((width, len(task.classes)))
    graph = graphs[width, len(task.classes)] = graph or as_c.graph(learner, task)
    given = task.columns.rows("x", x.iloc[new])
    result = []
    for way in WAYS:
        plan = as_c.plan(task, way, graph)
        result.append((c_source.flash(plan), width, *scores(kind, plan.run(given), y[new], np.array(task.classes))))
    return np.array(result)


def scores(kind, answer, truth, classes):
    """Accuracy and log loss, or R2."""
    if kind == "numbers":
        return (max(1.0 - np.mean((truth - answer[:, 0]) ** 2) / truth.var(), -1.0),)
    odds = np.exp(answer - answer.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    right = (odds * (truth[:, None] == classes)).sum(axis=1)  # 0 of a class that no row had
    return np.mean(classes[odds.argmax(axis=1)] == truth), -np.log(np.maximum(right, LEAST)).mean()


def show(kind, found):
    """Print a line: of `[tables, 2, scores]`."""
    names = ("bytes", "columns", "accuracy", "log loss") if kind == "classes" else ("bytes", "columns", "R2")
    before, after = found[:, 0], found[:, 1]
    lost = after - before
    print(
        f"{OURS[kind]}, {len(found)} tables: {before[:, 1].mean():.1f} columns, bytes {before[:, 0].mean():,.0f} -> "
        f"{after[:, 0].mean():,.0f}, most {before[:, 0].max():,.0f} -> {after[:, 0].max():,.0f}"
    )
    for place, name in enumerate(names[2:], 2):
        half = 1.96 * lost[:, place].std() / len(lost) ** 0.5
        change = f"change {lost[:, place].mean():+.5f} ± {half:.5f}"
        largest = lost[np.abs(lost[:, place]).argmax(), place]
        print(f"  {name} {before[:, place].mean():.4f} -> {after[:, place].mean():.4f}, {change}, largest {largest:+.4f}")


if __name__ == "__main__":
    main()
