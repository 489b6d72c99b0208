"""Measuring a card: scores beside the published ones, the parity of every export, latency, size; nothing typed by hand."""

import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from zoo import export
from zoo.datasets.benchmark import Benchmark
from zoo.evaluation import asking, distractors
from zoo.evaluation.calibration import calibrate, calibration_scores
from zoo.evaluation.scores import Score, measured, score, scores
from zoo.hub.entry import Entry
from zoo.learners.capabilities import Calibrates
from zoo.learners.task_model import TaskModel
from zoo.learners.zoo_model import ZooModel
from zoo.utils import files, machine

SEEDS = 5  # of episodes that a classifier is measured on


def measure(name: str, entry: Entry, model: ZooModel, folder: Path, tasks: int, seed: int, progress: bool) -> dict[str, Any]:
    """Measure everything that a card reports.

    Args:
        name: the entry's name.
        entry: what the paper published and what to evaluate on.
        model: the trained model, loaded from `folder`.
        folder: holds `model.keras`, and `training.csv` and `training.json` from the run that made it; where the entry uses the
            weights of another, that one's folder is beside it and holds them.
        tasks, seed: of the evaluation.
        progress: whether to show a progress bar.

    Returns:
        The card, as plain data.
    """
    if entry.weights_of:  # what it compares by is its own, so its calibration is too, and kept on its card
        calibrate(model, entry.benchmark)
    answering, benchmark = model.for_evaluation(entry.benchmark, many=True)
    found = scores(answering, benchmark, tasks, seed, progress)
    beside = f"../{entry.weights_of}/" if entry.weights_of else ""
    folder.mkdir(exist_ok=True)
    weights = folder / f"{beside}model.keras"
    return {
        "name": name,
        "licence": entry.licence,
        "weights": {
            "file": f"{beside}model.keras",
            "sha256": files.sha256(weights),
            "bytes": weights.stat().st_size,
            "parameters": model.count_params(),
        },
        "recipe": asdict(entry.recipe),
        "training": _training(folder, beside),
        "evaluation": {
            "command": f"zoo evaluate {name} --tasks {tasks} --seed {seed}",
            "metric": f"{entry.benchmark.metric}; interval is the half-width of the 95 % interval over tasks",
            **machine.description(),
            "seed": seed,
            "tasks": tasks,
            "scores": [beside_published(each, entry) for each in found],
            **of_classes(model, answering, benchmark, entry, tasks, seed),
            **_baselines(entry.benchmark, tasks, seed),
        },
        **_asking(model, entry.benchmark, tasks, seed),
        **_task(model, entry),
        "parity": parity(model, entry),
    }


def _asking(model: ZooModel, benchmark: Benchmark, tasks: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """What asking for an example gains; only of models that ask, on benchmarks that have questions."""
    found = asking.evaluate(model, benchmark, tasks, seed)
    return {"asking": [each.to_json() for each in found]} if found else {}


def _baselines(benchmark: Benchmark, tasks: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Scores on the same tasks of what needs no meta-learning; only of benchmarks that know some."""
    rows = []
    for condition in benchmark.conditions():
        drawn = benchmark.draw(tasks, seed, **condition)
        found = benchmark.baselines(drawn)
        rows += [{"baseline": name} | score(benchmark, condition, each).to_json() for name, each in found.items()]
    return {"baselines": rows} if rows else {}


def of_classes(model: ZooModel, answering: Any, benchmark: Benchmark, entry: Entry, tasks: int, seed: int) -> dict[str, Any]:
    """What else the card of a learner of classes holds: further seeds, the untrained network, and how good its calibration is.

    An untrained network with random filters already tells many classes apart, so accuracy above chance proves nothing.

    Args:
        model: the model.
        answering, benchmark: what its `for_evaluation` gave.
        entry, tasks, seed: as of `measure`.
    """
    if not model.tells_classes:
        return {}
    seeds = [{"seed": number} | row for number, row in _scores(answering, benchmark, tasks, range(seed, seed + SEEDS))]
    untrained = entry.build()
    fresh = []
    if untrained.trainable_weights:
        untrained_answering, same = untrained.for_evaluation(entry.benchmark, many=True)
        fresh = [row for _, row in _scores(untrained_answering, same, tasks, [seed])]
    known = calibration_scores(model, answering, benchmark, tasks, seed) if model.offers(Calibrates) else {}
    found = distractors.evaluate(model, answering, benchmark, tasks, seed)
    return {"seeds": seeds, **({"untrained": fresh} if fresh else {}), **known, **({"distractors": found} if found else {})}


def _scores(answering: Any, benchmark: Benchmark, tasks: int, seeds: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Scores under every condition at every seed, as plain data."""
    for condition in benchmark.conditions():
        for seed in seeds:
            drawn = benchmark.draw(tasks, seed, **condition)
            yield seed, score(benchmark, condition, measured(answering, benchmark, drawn)[0][1]).to_json()


def write(card: dict[str, Any], folder: Path) -> Path:
    """Write a card beside its weights, whole or not at all."""
    with files.written_aside(folder / "card.json", force=True) as path:
        path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return folder / "card.json"


def parity(model: ZooModel, entry: Entry) -> dict[str, float]:
    """Export a model, and one of its task models, to every format; return the largest difference of each from the live model."""
    return _parity(model, "learner") | task_parity(learn_one(model, entry))


def task_parity(task: TaskModel | None) -> dict[str, float]:
    """The same of one task model only, which takes seconds; nothing where there is none."""
    return _parity(task, "task model") if task else {}


def _parity(model: export.Exportable, what: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return {
            f"{kind} {what}": max(exporter(model, Path(folder) / kind).values())
            for kind, exporter in (("SavedModel", export.saved_model), ("ONNX", export.onnx), ("LiteRT", export.litert))
        }


def learn_one(model: ZooModel, entry: Entry) -> TaskModel | None:
    """A task model of the entry's first evaluation task; none of a model that learns no tasks."""
    return next(iter(model.task_models(_one_task(entry))), None)


def _one_task(entry: Entry) -> Any:
    return entry.benchmark.draw(1, 1, **entry.benchmark.conditions()[0])


def _task(model: ZooModel, entry: Entry) -> dict[str, dict[str, float]]:
    """Size of a learned task, and the median time to learn one and to predict with it, through Python."""
    drawn = _one_task(entry)
    learned = model.task_models(drawn)
    if not learned:
        return {}
    # As many queries as examples.
    query = drawn.query_x[0, : drawn.support_size[0]]
    return {
        "task": {
            "bytes": learned[0].nbytes,
            "learn_microseconds": _median_microseconds(lambda: model.task_models(drawn)),
            "predict_microseconds": _median_microseconds(lambda: learned[0].predict(query)),
        }
    }


def _median_microseconds(call: Callable[[], Any], repeats: int = 200) -> float:
    call()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return round(1e6 * float(np.median(spent)), 1)


def beside_published(measured: Score, entry: Entry) -> dict[str, Any]:
    """A score as plain data, with the figure that the paper published under the same condition."""
    published = {repr(sorted(figure.condition.items())): figure for figure in entry.published}
    figure = published.get(repr(sorted(measured.condition.items())))
    return measured.to_json() | ({"published": figure.value, "source": figure.source} if figure else {})


def _training(folder: Path, beside: str) -> dict[str, Any]:
    about = json.loads((folder / f"{beside}training.json").read_text(encoding="utf-8"))
    with open(folder / f"{beside}training.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return about | {"curve": f"{beside}training.csv", "minutes": round(float(rows[-1]["seconds"]) / 60, 1)}
