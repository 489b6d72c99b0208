"""What learning a table costs beside scikit-learn, in one run: time to learn and predict, size, time per row; growth, drawn.

    .venv/bin/python benchmarks/tables_cost.py --draw docs/tables_cost.png

A Markdown table, for docs/tabular.md. Times are ratios to those of `tabular`, medians of five runs one after the other in turn,
one process, warm. A row alone is timed in Python, in ONNX Runtime and, where there is a C compiler, in C at -O2. `--draw` draws
how the time of `learn` grows with rows and columns, in units of that of 50 rows of 10 columns.
"""

import argparse
import os
import pickle
import subprocess
import tempfile
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

import zoo  # noqa: E402
from zoo.figures import style  # noqa: E402

ROWS, COLUMNS, NEW, RUNS, ALONE = 50, 10, 1000, 5, 2000
LARGE = ((200, 30), (500, 96))
GROWTH = {"rows": (10, 20, 50, 100, 200, 500), "columns": (2, 5, 10, 20, 50, 96)}


def table(rows, columns, seed=0):
    """A table of two classes, and new rows."""
    x = np.random.default_rng(seed).normal(size=[rows + NEW, columns]).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0).astype(int)
    return x[:rows], y[:rows], x[rows:]


def others():
    """Methods of scikit-learn, and CatBoost where it is installed, by name."""
    made = {
        "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
        "random forest": lambda: RandomForestClassifier(random_state=0),
        "HGB": lambda: HistGradientBoostingClassifier(random_state=0),
    }
    try:
        from catboost import CatBoostClassifier
    except ImportError:
        return made
    return made | {"CatBoost": lambda: CatBoostClassifier(verbose=0, thread_count=1, random_seed=0, allow_writing_files=False)}


def seconds(run):
    """Of one run."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def in_c(task, row):
    """Seconds of one row in C; None without a compiler."""
    with tempfile.TemporaryDirectory() as folder:
        source, main = Path(folder) / "task.c", Path(folder) / "main.c"
        zoo.export.c(task, source)
        (name,) = [line.split("(")[0].split()[-1] for line in source.read_text().splitlines() if line.startswith("void ")][:1]
        numbers = ",".join(f"{each}f" for each in row)
        main.write_text(
            f'#include <stdio.h>\n#include <time.h>\n#include "task.c"\nint main(void) {{ float x[] = {{{numbers}}}, y[16];'
            f" clock_t t = clock(); volatile float s = 0; for (int i = 0; i < 100000; ++i) {{ x[0] += 1e-6f; {name}(x, y);"
            ' s += y[0]; } printf("%g", (double)(clock() - t) / CLOCKS_PER_SEC / 100000); return 0; }\n'
        )
        try:
            subprocess.run(["cc", "-O2", "-o", f"{folder}/run", str(main), "-lm"], check=True, capture_output=True)
        except FileNotFoundError:
            return None
        return float(subprocess.run([f"{folder}/run"], check=True, capture_output=True, text=True).stdout)


def compare(learner):
    """Print the table, and the time of one row in each runtime over that in Python."""
    x, y, new = table(ROWS, COLUMNS)
    ways = {"tabular": lambda: learner.learn(x, y).predict_proba(new)}
    ways |= {name: lambda make=make: make().fit(x, y).predict_proba(new) for name, make in others().items()}
    for run in ways.values():
        run()  # warm
    found = {name: [] for name in ways}
    for _ in range(RUNS):
        for name, run in ways.items():
            found[name].append(seconds(run))
    median = {name: float(np.median(each)) for name, each in found.items()}
    task = learner.learn(x, y)
    with tempfile.TemporaryDirectory() as folder:
        zoo.export.onnx(task, f"{folder}/task.onnx")
        sizes = {"tabular": os.path.getsize(f"{folder}/task.onnx")}
        session = onnxruntime.InferenceSession(f"{folder}/task.onnx")
    fitted = {name: make().fit(x, y) for name, make in others().items()}
    sizes |= {name: len(pickle.dumps(model)) for name, model in fitted.items()}
    alone = {name: seconds(lambda m=m: [m.predict_proba(new[:1]) for _ in range(50)]) / 50 for name, m in fitted.items()}
    alone["tabular"] = seconds(lambda: [task.predict_proba(new[:1]) for _ in range(200)]) / 200
    print(
        "| | learn and predict 1,000 rows, times `tabular` | a row alone, times `tabular` | saved, bytes |\n|---|---:|---:|---:|"
    )
    for name, size in sizes.items():
        print(f"| {name} | {median[name] / median['tabular']:.2g} | {alone[name] / alone['tabular']:.2g} | {size:,} |")
    row = new[:1]
    runtime = seconds(lambda: [session.run(None, {"query_x": row}) for _ in range(ALONE)]) / ALONE
    compiled = in_c(task, new[0])
    print(f"\nA row alone in ONNX Runtime takes {runtime / alone['tabular']:.2g} of the time in Python", end="")
    print("." if compiled is None else f", in C {compiled / alone['tabular']:.2g}.")


def largest(learner):
    """Print how long `learn` takes for a large table of two classes, and the largest of all."""
    for rows, columns in LARGE:
        x, y, _ = table(rows, columns)
        task = learner.learn(x, y)
        spent = float(np.median([seconds(lambda x=x, y=y: learner.learn(x, y)) for _ in range(RUNS)]))
        print(f"learn of {rows} rows of {columns} columns: {1000 * spent:.0f} ms, {task.nbytes:,} bytes")


def draw(learner, path):
    """How `learn` grows."""
    figure, parts = style.panels(2, 9.0, 3.6)
    base = None
    for part, (what, sizes) in zip(parts, GROWTH.items(), strict=True):
        times = []
        for size in [ROWS if what == "rows" else COLUMNS, *sizes]:
            x, y, _ = table(*((size, COLUMNS) if what == "rows" else (ROWS, size)))
            learner.learn(x, y)
            times.append(float(np.median([seconds(lambda x=x, y=y: learner.learn(x, y)) for _ in range(RUNS)])))
        base = base or times[0]
        ratios = [each / base for each in times[1:]]
        print(f"{what}: " + ", ".join(f"{size} {ratio:.2g}" for size, ratio in zip(sizes, ratios, strict=True)))
        part.plot(sizes, ratios, "o-", color=style.LEARNED)
        part.set(xscale="log", yscale="log", xlabel=what, ylabel=f"time of learn, times {ROWS} rows of {COLUMNS} columns")
    figure.savefig(path, dpi=style.RESOLUTION)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draw", help="picture to write")
    options = parser.parse_args()
    tabular = zoo.load("tabular")
    compare(tabular)
    largest(tabular)
    if options.draw:
        draw(tabular, options.draw)
