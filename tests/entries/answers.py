"""Keep what every entry answers, for tests that must reproduce it:  .venv/bin/python tests/entries/answers.py [NAME ...].

Writes `answers.npz`, answers to three queries of a task learned from made examples, and `first_tasks.json`, the mean score of the
first tasks of the card's headline. Run it when weights change, and only then: these numbers are what later code is held to.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from zoo.evaluation.scores import measured
from zoo.export import parity
from zoo.hub import registry
from zoo.learners import made
from zoo.learners.meta_learner import MetaLearner

HERE = Path(__file__).parent
ANSWERS, FIRST = HERE / "answers.npz", HERE / "first_tasks.json"
TASKS, ROWS = 100, 2_000  # tasks of a headline that are answered, and rows of support and query in them, at most


def answers(model) -> np.ndarray:
    """What a learner answers to three made queries, of a task learned from nine made examples; another model to made inputs."""
    if not isinstance(model, MetaLearner):
        endpoint = next(iter(model.endpoints().values()))
        outputs = endpoint(**parity.example(endpoint, {"tasks": 3}, seed=8)).values()
        return np.concatenate([np.ravel(output) for output in outputs])
    return made.task(model, rows=9, seed=7).answers(made.queries(model, rows=3, seed=8))


def first_tasks(name: str, model) -> tuple[float, int]:
    """Mean score of the first tasks of the headline of an entry's card, and how many they were."""
    benchmark, evaluation = registry.entry(name).benchmark, registry.card(name)["evaluation"]
    condition = benchmark.conditions()[0]
    one = benchmark.draw(1, evaluation["seed"], **condition)
    rows = sum(x.shape[1] for name, x in one.inputs.items() if name.endswith("_x"))
    tasks = min(TASKS, evaluation["tasks"], max(8, ROWS // rows if rows else 0))
    answering, embedded = model.for_evaluation(benchmark)
    drawn = embedded.draw(tasks, evaluation["seed"], **condition)
    return benchmark.summarise(measured(answering, embedded, drawn)[0][1])[0], tasks


def keep(names: list[str]) -> None:
    """Measure some entries, and leave what is kept of the others as it is."""
    kept = dict(np.load(ANSWERS)) if ANSWERS.exists() else {}
    means = json.loads(FIRST.read_text(encoding="utf-8")) if FIRST.exists() else {}
    for name in names:
        model = registry.load(name)
        kept[name] = answers(model)
        mean, tasks = first_tasks(name, model)
        means[name] = {"mean": mean, "tasks": tasks}
        print(f"{name}: {mean:.6g} over {tasks} tasks")
    np.savez(ANSWERS, allow_pickle=False, **dict(sorted(kept.items())))
    FIRST.write_text(json.dumps(dict(sorted(means.items())), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep([registry.check(name) for name in sys.argv[1:]] or registry.names())
