"""Scores of any model: of all tasks with the 95 % interval, under each condition and after gradient steps."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from zoo.datasets.benchmark import Benchmark, Condition
from zoo.learners.zoo_model import ZooModel

GRADIENT_STEPS = (0, 1, 5, 10)
GROUP = 20_000  # rows of support and query evaluated at once; bounds the memory


@dataclass(frozen=True)
class Score:
    """One measured figure.

    Attributes:
        condition: what it was measured under, gradient steps included.
        mean: score of all tasks, in the metric of the benchmark; as a rule the mean of an error over tasks.
        interval: half-width of its 95 % interval.
        tasks: how many.
    """

    condition: dict[str, Any]
    mean: float
    interval: float
    tasks: int

    def to_json(self) -> dict[str, Any]:
        """The score as plain data."""
        return asdict(self)


def score(benchmark: Benchmark, condition: dict[str, Any], measured: np.ndarray) -> Score:
    """Summarise what a benchmark measured of each task, `[tasks, ...]`."""
    return Score(condition, *benchmark.summarise(measured), len(measured))


Variant = tuple[Condition, dict[str, Any]]


def measured(
    model: Any, benchmark: Benchmark, drawn: Any, variants: Sequence[Variant] = ()
) -> list[tuple[Condition, np.ndarray]]:
    """What a benchmark measures of every task, in each of some ways of answering.

    Args:
        model: a model, or what its `for_evaluation` gives.
        benchmark: says what is measured.
        drawn: tasks that it drew.
        variants: conditions, each with further arguments of the model's `answers`; by default the first of its `variants`.

    Returns:
        The measured values of all tasks, `[tasks, ...]`, under each condition, the headline first.
    """
    tasks = len(drawn[0])
    rows = sum(x.shape[1] for name, x in drawn.inputs.items() if name.endswith("_x"))
    size = max(1, GROUP // max(rows, 1))
    groups = [type(drawn)(*(part[at : at + size] for part in drawn)) for at in range(0, tasks, size)]
    found = [_of_group(model, benchmark, group, variants or model.variants()) for group in groups]
    return [(same[0][0], np.concatenate([values for _, values in same])) for same in zip(*found, strict=True)]


def _of_group(model: Any, benchmark: Benchmark, drawn: Any, variants: Sequence[Variant]) -> list[tuple[Condition, np.ndarray]]:
    rows = []
    for condition, how in variants:
        answers = np.asarray(model.answers(drawn.inputs, benchmark.horizon, **how))
        rows += [({**extra, **condition}, values) for extra, values in benchmark.score(answers, drawn)]
    return rows


def evaluate(
    model: ZooModel, benchmark: Benchmark, tasks: int | None = None, seed: int = 1, progress: bool = True
) -> list[Score]:
    """Score a model under every condition of a benchmark; under the first one after gradient steps too.

    Args:
        model: a model.
        benchmark: what it is evaluated on.
        tasks: how many tasks under each condition; by default as many as the benchmark's cards have.
        seed: seed of the tasks; training never sees them, whatever its seed.
        progress: whether to show a progress bar.
    """
    return scores(*model.for_evaluation(benchmark), tasks or benchmark.test_tasks, seed, progress)


def scores(answering: Any, benchmark: Benchmark, tasks: int, seed: int, progress: bool) -> list[Score]:
    """As `evaluate`, of what a model's `for_evaluation` gives."""
    found = []
    for number, condition in enumerate(tqdm(benchmark.conditions(), "evaluating", disable=not progress, leave=False)):
        drawn = benchmark.draw(tasks, seed, **condition)
        rows = measured(answering, benchmark, drawn, answering.variants(() if number else GRADIENT_STEPS))
        found += [score(benchmark, {**condition, **extra}, values) for extra, values in rows]
    return found
