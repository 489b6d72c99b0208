"""Measuring a card: scores beside the published ones, the parity of every export, latency, size; nothing typed by hand."""

import csv
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from zoo import export
from zoo.datasets import Tasks
from zoo.evaluation import asking
from zoo.evaluation.calibration import calibrate, calibration_scores
from zoo.evaluation.embedded import embedded
from zoo.evaluation.embeddings import Embeddings
from zoo.evaluation.scores import Score, errors, evaluate, score
from zoo.hub.entry import Entry
from zoo.learners.class_learner import ClassLearner
from zoo.learners.embedding_classifier import Classifier
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.set_learner import SetLearner
from zoo.learners.task_model import TaskModel
from zoo.utils import files, machine

SEEDS = 5  # of episodes that a classifier is measured on


def measure(name: str, entry: Entry, learner: MetaLearner, folder: Path, tasks: int, seed: int, progress: bool) -> dict[str, Any]:
    """Measure everything that a card reports.

    Args:
        name: the entry's name.
        entry: what the paper published and what to judge on.
        learner: the trained learner, loaded from `folder`.
        folder: holds `model.keras`, and `training.csv` and `training.json` from the run that made it; where the entry uses the
            weights of another, that one's folder is beside it and holds them.
        tasks, seed: of the evaluation.
        progress: whether to show a progress bar.

    Returns:
        The card, as plain data.
    """
    embeddings = Embeddings(learner) if isinstance(learner, Classifier) else None
    if embeddings and entry.weights_of:  # what it compares by is its own, so its calibration is too, and kept on its card
        calibrate(embeddings.learner, entry.benchmark, embeddings)
    scores = evaluate(learner, entry.benchmark, tasks, seed, progress, embeddings)
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
            "parameters": learner.count_params(),
        },
        "recipe": asdict(entry.recipe),
        "training": _training(folder, beside),
        "evaluation": {
            "command": f"zoo evaluate {name} --tasks {tasks} --seed {seed}",
            "metric": f"{entry.benchmark.metric}; interval is the half-width of the 95 % interval over tasks",
            **machine.description(),
            "seed": seed,
            "tasks": tasks,
            "scores": [beside_published(score, entry) for score in scores],
            **(of_classes(learner, embeddings, entry, tasks, seed) if isinstance(learner, ClassLearner) else {}),
            **_baselines(entry, tasks, seed),
        },
        **_asking(learner, entry, tasks, seed),
        "task": _task(learner, entry),
        "parity": parity(learner, entry),
    }


def _asking(learner: MetaLearner, entry: Entry, tasks: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """What asking for an example gains; only of learners that can ask, on episodes that have questions."""
    if not (isinstance(learner, SetLearner) and hasattr(entry.benchmark, "questions")):
        return {}
    return {"asking": [score.to_json() for score in asking.evaluate(learner, entry.benchmark, tasks, seed)]}


def _baselines(entry: Entry, tasks: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Scores on the same tasks of what needs no meta-learning; only of episodes that know some."""
    if not hasattr(entry.benchmark, "baselines"):
        return {}
    scores = []
    for condition in entry.benchmark.conditions():
        found = entry.benchmark.baselines(entry.benchmark.draw(tasks, seed, **condition))
        scores += [{"baseline": name} | score(condition, errors).to_json() for name, errors in found.items()]
    return {"baselines": scores}


def of_classes(learner: MetaLearner, embeddings: Embeddings | None, entry: Entry, tasks: int, seed: int) -> dict[str, Any]:
    """What else a classifier's card says: the mean on further seeds, what the network does untrained, and how sure it may be.

    An untrained network with random filters already tells many classes apart, so accuracy above chance proves nothing.
    """
    untrained = entry.build()
    seeds = [{"seed": number} | row for number, row in _scores(learner, embeddings, entry, tasks, range(seed, seed + SEEDS))]
    fresh = [row for _, row in _scores(untrained, None, entry, tasks, [seed])] if untrained.trainable_weights else []
    sure = (
        {}
        if embeddings is None
        else calibration_scores(embeddings.learner, embedded(entry.benchmark, embeddings), tasks, seed, embeddings)
    )
    return {"seeds": seeds, **({"untrained": fresh} if fresh else {}), **sure}


def _scores(
    learner: MetaLearner, embeddings: Embeddings | None, entry: Entry, tasks: int, seeds: Iterable[int]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Errors under every condition at every seed, as plain data; a classifier's on episodes of embedded examples."""
    episodes = entry.benchmark
    if isinstance(learner, Classifier):
        embeddings = embeddings or Embeddings(learner)
        episodes = embedded(episodes, embeddings)
    for condition in episodes.conditions():
        for seed in seeds:
            drawn = episodes.draw(tasks, seed, **condition)
            yield seed, score(condition, errors(learner, episodes, drawn, (), embeddings)[0][1]).to_json()


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
    return learner.learn(*_one_support(learner, entry))


def _one_support(learner: MetaLearner, entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    drawn = _one_task(entry)
    return drawn.support_x[0], labels(learner, drawn.support_y[0])


def _one_task(entry: Entry) -> Tasks:
    return entry.benchmark.draw(1, 1, **entry.benchmark.conditions()[0])


def labels(learner: MetaLearner, y: np.ndarray) -> np.ndarray:
    """Labels of episodes as `learn` takes them: of a classifier the numbers of the classes, not one-hot rows."""
    return y.argmax(axis=-1) if learner.label_width is None else y


def _task(learner: MetaLearner, entry: Entry) -> dict[str, float]:
    """Size of a learned task, and the median time to learn one and to predict with it, through Python."""
    x, y = _one_support(learner, entry)
    task = learner.learn(x, y)
    # As many queries as examples; where a query is no example, as in zero-shot learning, queries of the task.
    query = x if learner.query_shape == learner.example_shape else _one_task(entry).query_x[0, : len(x)]
    return {
        "bytes": task.nbytes,
        "learn_microseconds": _median_microseconds(lambda: learner.learn(x, y)),
        "predict_microseconds": _median_microseconds(lambda: task.predict(query)),
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


def _training(folder: Path, beside: str) -> dict[str, Any]:
    about = json.loads((folder / f"{beside}training.json").read_text(encoding="utf-8"))
    with open(folder / f"{beside}training.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return about | {"curve": f"{beside}training.csv", "minutes": round(float(rows[-1]["seconds"]) / 60, 1)}
