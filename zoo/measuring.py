"""Measuring a card: scores beside the published ones, the parity of every export, latency, size; nothing typed by hand."""

import csv
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from zoo import export, files, machine
from zoo.entry import Entry
from zoo.learner import MetaLearner
from zoo.set_learner import SetLearner
from zoo.task_model import TaskModel
from zoo.training import asking
from zoo.training.evaluation import Score, evaluate


def measure(name: str, entry: Entry, learner: MetaLearner, folder: Path, tasks: int, seed: int, progress: bool) -> dict[str, Any]:
    """Measure everything that a card reports.

    Args:
        name: the entry's name.
        entry: what the paper published and what to judge on.
        learner: the trained learner, loaded from `folder`.
        folder: holds `model.keras`, and `training.csv` and `training.json` from the run that made it.
        tasks, seed: of the evaluation.
        progress: whether to show a progress bar.

    Returns:
        The card, as plain data.
    """
    scores = evaluate(learner, entry.episodes, tasks, seed, progress)
    weights = folder / "model.keras"
    return {
        "name": name,
        "licence": entry.licence,
        "weights": {
            "file": weights.name,
            "sha256": files.sha256(weights),
            "bytes": weights.stat().st_size,
            "parameters": learner.count_params(),
        },
        "recipe": asdict(entry.recipe),
        "training": _training(folder),
        "evaluation": {
            "command": f"zoo evaluate {name} --tasks {tasks} --seed {seed}",
            "metric": f"{entry.episodes.metric}; interval is the half-width of the 95 % interval over tasks",
            **machine.description(),
            "seed": seed,
            "tasks": tasks,
            "scores": [beside_published(score, entry) for score in scores],
        },
        **_asking(learner, entry, tasks, seed),
        "task": _task(learner, entry),
        "parity": parity(learner, entry),
    }


def _asking(learner: MetaLearner, entry: Entry, tasks: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """What asking for an example gains; only of learners that can ask, on episodes that have questions."""
    if not (isinstance(learner, SetLearner) and hasattr(entry.episodes, "questions")):
        return {}
    return {"asking": [score.to_json() for score in asking.evaluate(learner, entry.episodes, tasks, seed)]}


def write(card: dict[str, Any], folder: Path) -> Path:
    """Write a card beside its weights, whole or not at all."""
    with files.written_aside(folder / "card.json", force=True) as path:
        path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return folder / "card.json"


def parity(learner: MetaLearner, entry: Entry) -> dict[str, float]:
    """Export a learner and one of its task models to every format; return the largest difference of each from the live model."""
    return _parity(learner, "learner") | task_parity(learner, entry)


def task_parity(learner: MetaLearner, entry: Entry) -> dict[str, float]:
    """The same of one task model only, which takes seconds."""
    return _parity(learn_one(learner, entry), "task model")


def _parity(model: export.Exportable, what: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return {
            f"{kind} {what}": max(exporter(model, Path(folder) / kind).values())
            for kind, exporter in (("SavedModel", export.saved_model), ("ONNX", export.onnx), ("LiteRT", export.litert))
        }


def learn_one(learner: MetaLearner, entry: Entry) -> TaskModel:
    """A task model of the entry's first evaluation task."""
    return learner.learn(*_one_support(entry))


def _one_support(entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    drawn = entry.episodes.draw(1, 1, **entry.episodes.conditions()[0])
    return drawn.support_x[0], drawn.support_y[0]


def _task(learner: MetaLearner, entry: Entry) -> dict[str, float]:
    """Size of a learned task, and the median time to learn one and to predict with it, through Python."""
    x, y = _one_support(entry)
    task = learner.learn(x, y)
    return {
        "bytes": task.nbytes,
        "learn_microseconds": _median_microseconds(lambda: learner.learn(x, y)),
        "predict_microseconds": _median_microseconds(lambda: task.predict(x)),
    }


def _median_microseconds(call, repeats: int = 200) -> float:
    call()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return round(1e6 * float(np.median(spent)), 1)


def beside_published(score: Score, entry: Entry) -> dict[str, Any]:
    """A score as plain data, with the figure that the paper published under the same condition."""
    published = {repr(sorted(figure.condition.items())): figure for figure in entry.published}
    figure = published.get(repr(sorted(score.condition.items())))
    return score.to_json() | ({"published": figure.value, "source": figure.source} if figure else {})


def _training(folder: Path) -> dict[str, Any]:
    about = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    with open(folder / "training.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return about | {"curve": "training.csv", "minutes": round(float(rows[-1]["seconds"]) / 60, 1)}
