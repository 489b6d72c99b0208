"""Evaluation of any learner: the mean over tasks with its 95 % interval, under each condition and after gradient steps."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from zoo.datasets import Episodes, Tasks
from zoo.learner import MetaLearner

GRADIENT_STEPS = (0, 1, 5, 10)
GROUP = 1000  # tasks evaluated at once; bounds the memory


@dataclass(frozen=True)
class Score:
    """One measured figure.

    Attributes:
        condition: what it was measured under, gradient steps included.
        mean: mean over tasks of the mean squared error over the queries of a task.
        interval: half-width of the 95 % interval of the mean: 1.96 times the standard error over tasks.
        tasks: how many.
    """

    condition: dict[str, Any]
    mean: float
    interval: float
    tasks: int

    def to_json(self) -> dict[str, Any]:
        """The score as plain data."""
        return asdict(self)


def score(condition: dict[str, Any], per_task: np.ndarray) -> Score:
    """Summarise errors `[tasks]` as a `Score`."""
    interval = 1.96 * float(np.std(per_task)) / len(per_task) ** 0.5
    return Score(condition, float(np.mean(per_task)), interval, len(per_task))


def squared_errors(learner: MetaLearner, tasks: Tasks, gradient_steps: tuple[int, ...] | None = None) -> np.ndarray:
    """Mean squared error of every task after each number of gradient steps.

    Args:
        learner: a learner.
        tasks: what to learn and judge on.
        gradient_steps: numbers of fine-tuning steps (see `zoo.fine_tuning`); by default what `adapt` is worth.

    Returns:
        `[len(gradient_steps), tasks]`.
    """
    support, query_x = tasks[:3], tf.constant(tasks.query_x)
    refined = next(iter(learner.compiled_refined.values()))
    errors = []
    for steps in (learner.adapt_steps,) if gradient_steps is None else gradient_steps:
        task = refined(*support, tf.fill([len(query_x)], steps))
        prediction = learner.compiled_apply(task, query_x).numpy()
        errors.append(np.square(prediction - tasks.query_y).mean(axis=(1, 2), dtype=np.float64))
    return np.stack(errors)


def evaluate(
    learner: MetaLearner,
    episodes: Episodes,
    tasks: int = 20_000,
    seed: int = 1,
    progress: bool = True,
) -> list[Score]:
    """Score a learner under every condition of its episodes; under the first one after gradient steps too.

    Args:
        learner: a learner.
        episodes: what it is judged on.
        tasks: how many tasks under each condition.
        seed: seed of the tasks; training never sees them, whatever its seed.
        progress: whether to show a progress bar.
    """
    scores = []
    for number, condition in enumerate(tqdm(episodes.conditions(), "evaluating", disable=not progress, leave=False)):
        drawn = episodes.draw(tasks, seed, **condition)
        headline = learner.adapt_steps
        steps = tuple(sorted(GRADIENT_STEPS, key=lambda count: count != headline)) if number == 0 else (headline,)
        groups = [Tasks(*(part[at : at + GROUP] for part in drawn)) for at in range(0, tasks, GROUP)]
        errors = np.concatenate([squared_errors(learner, group, steps) for group in groups], axis=1)
        scores += [score({**condition, "steps": step}, row) for step, row in zip(steps, errors, strict=True)]
    return scores
