"""What converts where, measured: entries, signatures and runtimes, as docs/conversions.md:  python benchmarks/conversions.py.

Each entry is measured in a process of its own and kept under `--work`, so that a run that was stopped goes on where it was.
"""

import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent))

import conversions_page
import numpy as np
import per_entry
import runtimes
import task_ways

from zoo import export
from zoo.evaluation import card as measuring
from zoo.export import parity
from zoo.hub import registry
from zoo.learners.task_model import TaskModel
from zoo.utils import machine

SIZES = {"tasks": 1, "support": 10, "query": 10, "candidates": 10}  # of what is timed
STEPS = 5


def measured(name: str) -> dict[str, Any]:
    """Everything about one entry: for learner and task model, signature by signature, each runtime's row."""
    entry, learner = registry.entry(name), registry.load(name)
    task = measuring.learn_one(learner, entry)
    models: dict[str, export.Exportable] = {"learner": learner} | ({"task model": task} if task else {})
    with tempfile.TemporaryDirectory(prefix="zoo-conversions-") as folder:
        root = Path(folder)
        found = _measured(models, root)
        if task:
            found["task model"]["serving_default"] |= _smaller(task, root)
    return {"name": name, "kind": type(learner).__name__, **machine.description(), "task model": {}, **found}


def _measured(models: dict[str, export.Exportable], root: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Of each model, of each signature, each runtime's row."""
    for what, model in models.items():
        runtimes.write(model, root / what)
    endpoints = {(what, name): endpoint for what, model in models.items() for name, endpoint in model.endpoints().items()}
    known = {key: runtimes.cases(endpoint) for key, endpoint in endpoints.items()}
    rows: dict[str, dict[str, dict[str, Any]]] = {what: {} for what in models}
    for runtime in runtimes.RUNTIMES:
        with runtime.open(root) as load:
            for (what, signature), endpoint in endpoints.items():
                path = root / what / runtime.reads
                opened = functools.partial(load, path, signature)
                row = _row(opened, endpoint, known[what, signature], _size(path, signature))
                rows[what].setdefault(signature, {})[runtime.name] = row
    return rows


def _row(load, endpoint, known, size: int) -> dict[str, Any]:
    """One row of the table: what was measured, or the runtime's own reason why it does not work."""
    row: dict[str, Any] = {"bytes": size}

    def measure():
        run = load()
        row["parity"] = runtimes.difference(endpoint, known, run)
        row["microseconds"] = runtimes.median_microseconds(run, timed_inputs(endpoint))

    reason = _refusal(measure)
    if reason:
        return {"reason": reason}
    if not row["parity"] <= runtimes.tolerance(known):
        return {"reason": f"differs from the live model by {row['parity']:.3g}"}
    return row


def _smaller(task: TaskModel, folder: Path) -> dict[str, dict[str, Any]]:
    ((_, endpoint),) = task.endpoints().items()
    rows: dict[str, dict[str, Any]] = {}
    for way, make in task_ways.WAYS.items():
        row: dict[str, Any] = {}

        def measure(make=make, row=row):
            left = make(task, folder)
            row["parity"], row["bytes"] = left.difference, left.bytes
            row["microseconds"] = left.median_microseconds(timed_inputs(endpoint))

        reason = _refusal(measure)
        rows[way] = {"reason": reason} if reason else row
    return rows


def timed_inputs(endpoint) -> dict[str, np.ndarray]:
    """One task, ten rows of support, all of them real, ten queries; five steps where steps are taken."""
    inputs = parity.example(endpoint, SIZES, seed=0)
    for name in ("support_x", "support_y"):
        if name in inputs:
            inputs[name] = np.random.default_rng(1).uniform(-1, 1, inputs[name].shape).astype(np.float32)
    if "support_size" in inputs:
        inputs["support_size"][:] = SIZES["support"]
    if "steps" in inputs:
        inputs["steps"][:] = STEPS
    return inputs


def _size(path: Path, signature: str) -> int:
    one = path / f"{signature}.onnx"
    return runtimes.artifact_bytes(one if one.exists() else path)


def _refusal(do) -> str:
    """Do it; return the reason if it cannot be done, in one line."""
    try:
        do()
    except Exception as error:
        return " ".join(str(error).split())[:400] or type(error).__name__
    return ""


if __name__ == "__main__":
    per_entry.main("conversions", __doc__.partition("\n")[0], measured, conversions_page.page)
