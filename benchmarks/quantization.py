"""What smaller numbers cost: errors of many tasks, quantised or not, as docs/quantization.md:  python benchmarks/quantization.py.

Task models are exported by the zoo's own exporters and run on the queries that the entry is evaluated on.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import per_entry

from zoo import ZooError
from zoo.datasets import Benchmark, ClassStreams, Tasks
from zoo.datasets.episodes.error_rates import error_rates
from zoo.export import as_c, as_litert, as_saved_model, c_source, quantization
from zoo.hub import registry
from zoo.learners.endpoint import Endpoint
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel
from zoo.utils import machine

SEED = 1
TASKS, VIDEO_TASKS = 50, 10
Predict = Callable[[np.ndarray], np.ndarray]  # examples `[M, ...]` -> predictions `[M, n]`


@dataclass(frozen=True)
class Together:
    """Many task models in one file, a signature each: converting them one by one would take hours."""

    tasks: list[TaskModel]

    @property
    def weights_in_order(self) -> list:
        """Those of the learner of all."""
        return self.tasks[0].weights_in_order

    def endpoints(self) -> dict[str, Endpoint]:
        return {f"task_{number}": task.endpoints()["serving_default"] for number, task in enumerate(self.tasks)}


def measured(name: str) -> dict[str, Any]:
    """One entry's errors, live and in each way."""
    learner, benchmark = registry.load(name), registry.entry(name).benchmark
    vectors = len(learner.example.axes) == 1 and not learner.tells_classes  # all of such a task is in what was learned
    drawn = benchmark.draw(TASKS if vectors else VIDEO_TASKS, SEED, **benchmark.conditions()[0])
    tasks = learner.task_models(drawn)
    live = _errors(learner, benchmark, drawn, [lambda x, task=task: _live(task, x) for task in tasks])
    result: dict[str, Any] = {"name": name, "metric": benchmark.metric, "tasks": len(tasks), "error": live.mean(), "ways": {}}
    with tempfile.TemporaryDirectory() as folder:
        for way, export in _exporters(tasks, vectors, Path(folder)).items():
            try:
                predictors, size = export()
            except ZooError as error:
                result["ways"][way] = {"reason": str(error)}
                continue
            loss = _errors(learner, benchmark, drawn, predictors) - live
            triples = zip(tasks, predictors, drawn.query_x, strict=True)
            apart = [_apart(_live(task, x), predict(x)) for task, predict, x in triples]
            result["ways"][way] = {
                "loss": loss.mean(),
                "interval": 1.96 * loss.std() / len(loss) ** 0.5,
                "bytes": size,
                "refused": sum(each > quantization.TOLERANCES[way.partition(", ")[2]] for each in apart),
            }
    return result | machine.description()


def _live(task: TaskModel, x: np.ndarray) -> np.ndarray:
    return task.learner.graphs.apply(task.learned, x[None]).numpy()[0]


def _exporters(tasks: list[TaskModel], vectors: bool, root: Path) -> dict[str, Callable[[], tuple[list[Predict], int]]]:
    """For each way, what gives predictors of all tasks, and the bytes of the first one alone."""
    models = [Together(tasks)] if vectors else tasks
    folders = [root / str(number) for number in range(len(models))]
    for model, folder in zip(models, folders, strict=True):
        as_saved_model.write(model, folder)
    signatures = list(models[0].endpoints())

    def litert(kind: str) -> tuple[list[Predict], int]:
        alone = as_litert.convert_saved_model(folders[0], signatures[:1], kind)
        loaded = [_litert(as_litert.convert_saved_model(folder, signatures, kind)) for folder in folders]
        return [load(signature) for load in loaded for signature in signatures], len(alone)

    def c(kind: str) -> tuple[list[Predict], int]:
        whole = tasks[0].columns or tasks[0].classes  # tasks of their own sizes, each with a graph of its own
        apply = None if whole else as_c.graph(tasks[0].learner)
        plans = [as_c.plan(task, kind, apply) for task in tasks]
        return [plan.run for plan in plans], c_source.flash(plans[0])

    return {"LiteRT, float16": lambda: litert("float16"), "LiteRT, int8": lambda: litert("int8"), "C, int8": lambda: c("int8")}


def _litert(data: bytes) -> Callable[[str], Predict]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "task.tflite"
        path.write_bytes(data)
        load = as_litert.runner(path)

    def predictor(signature: str) -> Predict:
        run = load(signature)
        return lambda x: run({"query_x": np.ascontiguousarray(x)})["prediction"]

    return predictor


def _errors(learner: MetaLearner, benchmark: Benchmark, drawn: Tasks, predictors: list[Predict]) -> np.ndarray:
    """Error of each task in the metric of the benchmark, after the last step; a time series is fed its own predictions."""
    predicted = [_rollout(learner, predict, x, benchmark.horizon) for predict, x in zip(predictors, drawn.query_x, strict=True)]
    if learner.tells_classes:
        predicted = [
            _spread(answer, y, size) for answer, y, size in zip(predicted, drawn.support_y, drawn.support_size, strict=True)
        ]
    if isinstance(benchmark, ClassStreams):  # as episodes: all but the last example are the support
        return error_rates(np.stack(predicted), drawn.query_y)[-1][1]
    return benchmark.score(np.stack(predicted), drawn)[-1][1]


def _spread(answer: np.ndarray, labels: np.ndarray, size: int) -> np.ndarray:
    """Logits of the classes that a support shows, as those of all; a class that it lacks is never the answer."""
    seen = np.flatnonzero(labels[:size].sum(axis=0))
    whole = np.full((*answer.shape[:-1], labels.shape[-1]), -1e4, np.float32)
    whole[..., seen] = answer[..., : len(seen)]
    return whole


def _rollout(learner: MetaLearner, predict: Predict, x: np.ndarray, horizon: int) -> np.ndarray:
    if horizon == 1:
        return predict(x)
    path = []
    for _ in range(horizon):
        path.append(predict(x))
        x = _shifted(learner, x, path[-1])
    return np.stack(path, axis=1)


def _shifted(learner: MetaLearner, x: np.ndarray, newest: np.ndarray) -> np.ndarray:
    """The example one step later: its oldest output leaves, the newest one comes in."""
    if x.ndim > 2:  # frames
        return np.concatenate([x[:, 1:], newest.reshape(-1, 1, *x.shape[2:])], axis=1)
    width = learner.labels.shape.numbers
    past = width * learner.past_outputs
    return np.concatenate([x[:, width:past], newest, x[:, past:]], axis=1)


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference, as `parity.check` counts it."""
    return float(np.max(np.abs(one - other)) / max(1.0, np.max(np.abs(one))))


def page(found: list[dict[str, Any]]) -> str:
    """The document."""
    first = found[0]
    limits = " or ".join(f"{limit:g} ({kind})" for kind, limit in quantization.TOLERANCES.items())
    metrics = {entry["metric"]: entry["name"].rpartition("_")[2] for entry in found}
    errors = "; ".join(f"of {kind}, {metric}" for metric, kind in metrics.items())
    return ABOUT.format(
        limits=limits,
        rows="\n".join(row for entry in found for row in _rows(entry)),
        errors=errors,
        number=TASKS,
        video=VIDEO_TASKS,
        seed=SEED,
        **{key: first[key] for key in ("date", "hardware", "tensorflow")},
    )


def _rows(entry: dict[str, Any]) -> Iterator[str]:
    for way, row in entry["ways"].items():
        head = f"| {entry['name']} | {entry['error']:.4g} | {way} |"
        if "reason" in row:
            yield f"{head} does not work: {row['reason']} | | | |"
            continue
        share = f"{100 * row['loss'] / entry['error']:+.1f} %" if entry["error"] else ""
        change = f"{row['loss']:+.2g} ± {row['interval']:.1g} | {share}"
        yield f"{head} {change} | {row['bytes']:,} | {row['refused']} of {entry['tasks']} |"


ABOUT = """\
# What smaller numbers cost

A task model can leave with its weights in float16 (half the bytes) or int8 (a quarter): `zoo.export.litert(task,
"wave.tflite", quantize="int8")`, or `zoo.export.c(task, "wave.c")` for a microcontroller. No calibration data is needed. This
is what it costs, in the error that each entry is evaluated by.

- **LiteRT, float16**: weights are stored as float16 and computed with as float32.
- **LiteRT, int8**: weights of large layers are int8, and the numbers that come into such a layer are rounded to int8 at every
  call ("dynamic range").
- **C, int8**: weights of large layers are int8 with one scale for each output; arithmetic is float32. Of a task of a table all
  layers are, as its columns are standardised first: [measured on real tables](tabular.md#what-int8-costs). Here the same steps
  run in NumPy, which the tests hold equal to the compiled source.

An export whose answers differ from the live model's by more than {limits}, relative to the largest answer where that is above
1, is refused, and the message says what to do instead. *Refused* counts the tasks of this run that differ by more than that
on the queries they are evaluated on.

| entry | error in float32 | exported as | change of the error | in per cent | bytes | refused |
|---|---|---|---|---|---|---|
{rows}

The error is, {errors}. Time series are predicted five steps ahead, each step from the predictions before it, and evaluated at
the last one; video by feeding predicted frames back.

Changes are means over tasks with their 95 % intervals, the same tasks in every row: {number} of each entry, {video} of video,
drawn with seed {seed} under the condition of the entry's headline. Measured on {date}, {hardware}, TensorFlow {tensorflow},
by `python benchmarks/quantization.py`.
"""


if __name__ == "__main__":
    per_entry.main("quantization", __doc__.partition("\n")[0], measured, page, lambda kind: issubclass(kind, MetaLearner))
