"""Evaluation of any learner: the mean over tasks with its 95 % interval, under each condition and after gradient steps."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from zoo.datasets import Benchmark, Tasks
from zoo.evaluation.embeddings import Embeddings
from zoo.learners.embedding_classifier import Classifier
from zoo.learners.endpoint import Tensors
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.rollout import Rollout
from zoo.utils.errors import ZooError

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
    learner: MetaLearner,
    episodes: Benchmark,
    tasks: Tasks,
    fine_tunings: Sequence[tuple[str, int]] = (),
    embeddings: Embeddings | None = None,
) -> list[tuple[dict[str, Any], np.ndarray]]:
    """Error of every task as `adapt` learns it, and after gradient steps, in the metric of the episodes.

    Args:
        learner: a learner.
        episodes: they say what an error is.
        tasks: what to learn and judge on, drawn from the episodes.
        fine_tunings: names of refiners (see `zoo.learners.fine_tuning`), each with a number of steps.
        embeddings: of a classifier, what was embedded before; by default nothing.

    Returns:
        Conditions, steps included, each with its errors `[tasks]`; the headline first.
    """
    group = max(1, GROUP // (tasks.support_x.shape[1] + tasks.query_x.shape[1]))
    groups = [Tasks(*(part[at : at + group] for part in tasks)) for at in range(0, len(tasks.query_y), group)]
    if isinstance(learner, Classifier):
        embeddings = embeddings or Embeddings(learner)
    found = [_errors_of_group(learner, episodes, each, fine_tunings, embeddings) for each in groups]
    return [(same[0][0], np.concatenate([error for _, error in same])) for same in zip(*found, strict=True)]


def _errors_of_group(learner, episodes, tasks: Tasks, fine_tunings, embeddings: Embeddings | None):
    support, query_x = tasks[:3], tf.constant(tasks.query_x)
    if embeddings is None:
        adapt, refined = learner.compiled_adapt, learner.compiled_refined
    else:
        adapt, refined = learner.compiled_adapt_embedded, learner.compiled_refined_embedded
        support, query_x = (embeddings(tasks.support_x), *support[1:]), tf.constant(embeddings(tasks.query_x))
    adapted = adapt(*support)
    learned = [({"steps": learner.adapt_steps}, adapted)]
    for on, steps in fine_tunings:
        tuned = refined[on](*support, tf.fill([len(query_x)], steps))
        learned.append(({"steps": steps, "on": on}, tuned))
    found = []
    for condition, task in learned:
        predicted = _predict(learner, task, query_x, episodes.horizon)
        found += [({**extra, **condition}, error) for extra, error in episodes.errors(predicted, tasks.query_y)]
    return found


def _predict(learner: MetaLearner, task: Tensors, query_x: tf.Tensor, horizon: int) -> np.ndarray:
    if isinstance(learner, Classifier):
        return learner.compiled_apply_embedded(task, query_x).numpy()
    if horizon == 1:
        return learner.compiled_apply(task, query_x).numpy()
    if not isinstance(learner, Rollout) or not learner.past_outputs:
        raise ZooError(f"{learner.name} learns no time series, so it cannot predict {horizon} steps; judge it on other episodes.")
    return learner.compiled_rollout(task, query_x, tf.fill([len(query_x)], horizon)).numpy()


def evaluate(
    learner: MetaLearner,
    episodes: Benchmark,
    tasks: int | None = None,
    seed: int = 1,
    progress: bool = True,
    embeddings: Embeddings | None = None,
) -> list[Score]:
    """Score a learner under every condition of its episodes; under the first one after gradient steps too.

    Args:
        learner: a learner.
        episodes: what it is evaluated on.
        tasks: how many tasks under each condition; by default as many as the episodes' cards have.
        seed: seed of the tasks; training never sees them, whatever its seed.
        progress: whether to show a progress bar.
        embeddings: of a classifier, what was embedded before; by default nothing.
    """
    tasks = tasks or episodes.test_tasks
    if isinstance(learner, Classifier):
        embeddings = embeddings or Embeddings(learner)
    scores = []
    for number, condition in enumerate(tqdm(episodes.conditions(), "evaluating", disable=not progress, leave=False)):
        drawn = episodes.draw(tasks, seed, **condition)
        fine_tunings = [(on, steps) for on in learner.refiners() for steps in GRADIENT_STEPS if steps != learner.adapt_steps]
        found = errors(learner, episodes, drawn, fine_tunings if number == 0 else (), embeddings)
        scores += [score({**condition, **extra}, error) for extra, error in found]
    return scores
