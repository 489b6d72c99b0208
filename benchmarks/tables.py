"""Learning from 10 to 200 rows of real tables, the zoo beside what people reach for, paired over tables.

    .venv/bin/python benchmarks/tables.py measure --kind classes --rows 20,50 --seeds 2 --out classes.csv
    .venv/bin/python benchmarks/tables.py show classes.csv

What is measured is a line of the CSV, and not measured again. A method that cannot learn from so few rows answers the prior.
Needs the packages of `tables_data.py`; of LightGBM, XGBoost and CatBoost those that are installed.
"""

import argparse
import csv
import os
import sys
import time
import warnings
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import tables_data  # noqa: E402
import tables_methods  # noqa: E402
import tables_report  # noqa: E402

OURS = {"classes": "tabular", "numbers": "tabular_regression"}
COLUMNS = ("kind", "table", "rows", "seed", "method", "seconds")


def main() -> None:
    """Measure, or show what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("--kind", choices=tuple(OURS), default="classes")
    measure.add_argument("--rows", default="10,20,50,100,200")
    measure.add_argument("--seeds", type=int, default=10)
    measure.add_argument("--methods", help="names, or ours (default: all that are installed)")
    measure.add_argument("--learner", help="an entry, or a model.keras, in place of the zoo's own")
    measure.add_argument("--out", required=True)
    show = commands.add_parser("show")
    show.add_argument("files", nargs="+")
    options = parser.parse_args()
    if options.command == "show":
        print(tables_report.report(pd.concat([pd.read_csv(file) for file in options.files])))
        return
    _measure(options)


def _measure(options: argparse.Namespace) -> None:
    kind, out = options.kind, Path(options.out)
    methods = options.methods.split(",") if options.methods else ["ours", *tables_methods.of(kind)]
    learner = _ours(options.learner or OURS[kind]) if "ours" in methods else None
    done = set()
    if out.exists():
        with open(out, newline="") as file:
            done = {(row["table"], int(row["rows"]), int(row["seed"]), row["method"]) for row in csv.DictReader(file)}
    with open(out, "a", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, *tables_report.SCORES[kind], *tables_report.GAPS])
        if not done:
            writer.writeheader()
        for seed in range(options.seeds):  # whole seeds first: a run that is stopped has complete ones
            for rows in map(int, options.rows.split(",")):
                for name in tables_data.listed(kind):
                    left = [method for method in methods if (name, rows, seed, method) not in done]
                    for method, found in _results(kind, name, rows, seed, left, learner):
                        about = {"kind": kind, "table": name, "rows": rows, "seed": seed, "method": method}
                        writer.writerow(about | {key: f"{value:.5g}" for key, value in found.items()})
                    file.flush()
            print(f"seed {seed} is done", file=sys.stderr)


def _ours(name: str):
    import zoo

    return zoo.load(name)


def _results(kind, name, rows, seed, methods, learner):
    if not methods:
        return
    x, y = tables_data.load(name, kind)
    if len(y) < rows + 40:
        return
    known, new = tables_data.split(y, rows, seed, kind)
    makers = tables_methods.of(kind)
    for method in methods:
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                answer = _answers(kind, learner if method == "ours" else makers[method], x.iloc[known], y[known], x.iloc[new])
            except ImportError:
                continue  # it is not installed
            except Exception as error:  # whatever a method raises of too few rows, it answers the prior
                print(f"{name}, {rows} rows: {method} answers the prior ({type(error).__name__})", file=sys.stderr)
                answer = _answers(kind, makers["prior" if kind == "classes" else "mean"], x.iloc[known], y[known], x.iloc[new])
        seconds = time.perf_counter() - started
        yield (
            method,
            {"seconds": seconds} | (_of_classes(answer, y[new], y) if kind == "classes" else _of_numbers(answer, y[new], y)),
        )


def _answers(kind, method, x, y, new):
    """Of classes their names, probabilities and the class that a method names; of numbers the numbers."""
    if kind == "numbers":
        return np.ravel(method.learn(x, y).predict(new) if hasattr(method, "learn") else method(x, y).fit(x, y).predict(new))
    classes = np.unique(y)
    if len(classes) == 1:
        return classes, np.ones((len(new), 1)), np.repeat(classes, len(new))
    if hasattr(method, "learn"):
        task = method.learn(x, y)
        odds = task.predict_proba(new)
        return np.array(task.classes), odds, np.array(task.classes)[odds.argmax(axis=1)]
    model = method(x, np.searchsorted(classes, y)).fit(x, np.searchsorted(classes, y))
    if hasattr(model, "predict_proba"):
        odds = model.predict_proba(new)
        return classes, odds, classes[odds.argmax(axis=1)]
    margin = model.decision_function(new)
    margin = np.stack([-margin, margin], axis=1) if margin.ndim == 1 else margin
    odds = np.exp(margin - margin.max(axis=1, keepdims=True))
    return classes, odds / odds.sum(axis=1, keepdims=True), classes[np.asarray(model.predict(new)).astype(int)]


def _of_classes(answer, truth, whole):
    from sklearn.metrics import roc_auc_score

    classes, odds, named = answer
    count = int(whole.max()) + 1
    full = np.full((len(truth), count), 1e-6)
    full[:, classes] = odds
    full = np.clip(full, 1e-6, 1.0)
    full /= full.sum(axis=1, keepdims=True)
    seen = [number for number in range(count) if 0 < (truth == number).sum() < len(truth)]
    areas = [roc_auc_score(truth == number, full[:, number]) for number in (seen[-1:] if count == 2 else seen)]
    sure, right = full.max(axis=1), full.argmax(axis=1) == truth
    gaps = np.bincount(
        np.minimum((tables_report.BINS * sure).astype(int), tables_report.BINS - 1), right - sure, tables_report.BINS
    ) / len(truth)
    return {
        "accuracy": float(np.mean(named == truth)),
        "log loss": float(-np.log(full[np.arange(len(truth)), truth]).mean()),
        "AUC": float(np.mean(areas)) if areas else np.nan,
    } | dict(zip(tables_report.GAPS, gaps.tolist(), strict=True))


def _of_numbers(answer, truth, whole):
    error = np.mean((truth - answer) ** 2)
    return {"RMSE over deviation": float(np.sqrt(error) / whole.std()), "R2": float(max(1.0 - error / truth.var(), -1.0))}


if __name__ == "__main__":
    main()
