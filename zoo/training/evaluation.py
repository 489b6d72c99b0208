"""Evaluation of any learner: the mean over tasks with its 95 % interval, under each condition and after gradient steps."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from zoo import fine_tuning
from zoo.datasets import Episodes, Tasks
from zoo.endpoint import Tensors
from zoo.errors import ZooError
from zoo.learner import MetaLearner
from zoo.rollout import Rollout

GRADIENT_STEPS = (0, 1, 5, 10)
GROUP = 20_000  # rows of support and query evaluated at once; bounds the memory


@dataclass(frozen=True)
class Score:
    """One measured figure.

    Attributes:
        condition: what it was measured under, gradient steps included.
        mean: mean over tasks of the error, in the metric of the episodes.
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


def errors(
    learner: MetaLearner, episodes: Episodes, tasks: Tasks, gradient_steps: tuple[int, ...] = (0,)
) -> list[tuple[dict[str, Any], np.ndarray]]:
    """Error of every task after each number of gradient steps, in the metric of the episodes.

    Args:
        learner: a learner.
        episodes: they say what an error is.
        tasks: what to learn and judge on, drawn from the episodes.
        gradient_steps: increasing numbers of fine-tuning steps (see `zoo.fine_tuning`).

    Returns:
        Conditions, steps included, each with its errors `[tasks]`; the headline first.
    """
    group = max(1, GROUP // (tasks.support_x.shape[1] + tasks.query_x.shape[1]))
    groups = [Tasks(*(part[at : at + group] for part in tasks)) for at in range(0, len(tasks.query_y), group)]
    found = [_errors_of_group(learner, episodes, each, gradient_steps) for each in groups]
    return [(same[0][0], np.concatenate([error for _, error in same])) for same in zip(*found, strict=True)]


def _errors_of_group(learner, episodes, tasks: Tasks, gradient_steps):
    support, query_x = tasks[:3], tf.constant(tasks.query_x)
    task = learner.compiled_adapt(*support)
    state = fine_tuning.adam(task)
    found = []
    for step in range(max(gradient_steps) + 1):
        if step:
            task, state = _fine_tune_step(learner, task, state, *support)
        if step in gradient_steps:
            predicted = _predict(learner, task, query_x, episodes.horizon)
            found += [({**extra, "steps": step}, error) for extra, error in episodes.errors(predicted, tasks.query_y)]
    return found


def _predict(learner: MetaLearner, task: Tensors, query_x: tf.Tensor, horizon: int) -> np.ndarray:
    if horizon == 1:
        return learner.compiled_apply(task, query_x).numpy()
    if not isinstance(learner, Rollout) or not learner.past_outputs:
        raise ZooError(f"{learner.name} learns no time series, so it cannot predict {horizon} steps; judge it on other episodes.")
    return learner.compiled_rollout(task, query_x, tf.fill([len(query_x)], horizon)).numpy()


_fine_tune_step = tf.function(fine_tuning.fine_tune_step, reduce_retracing=True, autograph=False)


def evaluate(
    learner: MetaLearner,
    episodes: Episodes,
    tasks: int | None = None,
    seed: int = 1,
    progress: bool = True,
) -> list[Score]:
    """Score a learner under every condition of its episodes; under the first one after gradient steps too.

    Args:
        learner: a learner.
        episodes: what it is judged on.
        tasks: how many tasks under each condition; by default as many as the episodes' cards have.
        seed: seed of the tasks; training never sees them, whatever its seed.
        progress: whether to show a progress bar.
    """
    tasks = tasks or episodes.test_tasks
    scores = []
    for number, condition in enumerate(tqdm(episodes.conditions(), "evaluating", disable=not progress, leave=False)):
        drawn = episodes.draw(tasks, seed, **condition)
        steps = GRADIENT_STEPS if number == 0 else (0,)
        scores += [score({**condition, **extra}, error) for extra, error in errors(learner, episodes, drawn, steps)]
    return scores
