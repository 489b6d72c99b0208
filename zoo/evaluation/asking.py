"""Does asking pay? The error at one place after adding the asked example, a random one, and the best there was.

Figure 2c and d of Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018): two points of a wave are known, eight
candidates stand by. The paper shows one wave; this is the mean over many.
"""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Questions
from zoo.evaluation.scores import Score, score
from zoo.learners.capabilities import Asks

TASKS = 1000
GROUP = 1000  # tasks tried at once; bounds the memory


class Outcome(NamedTuple):
    """Mean squared errors of the prediction at the target, `[B]` each.

    Attributes:
        nothing: with the known examples only.
        random: after adding one candidate, the mean over all of them: what a blind choice gives.
        asked: after adding the candidate that the learner asks for.
        best: after adding the candidate after which it is smallest, which only the labels tell.
    """

    nothing: np.ndarray
    random: np.ndarray
    asked: np.ndarray
    best: np.ndarray


def outcome(learner: Any, questions: Questions) -> Outcome:
    """Try every candidate of every task, all at once.

    Args:
        learner: a learner that reads a set.
        questions: tasks with candidates and a target.
    """
    support, true = questions[:3], questions.target_y
    task, summary = learner.graphs.adapt_and_summarise(*support)
    nothing = _error(learner, task, questions.target_x, true)

    candidates = questions.candidate_x.shape[1]
    each = [tf.repeat(part, candidates, axis=0) for part in (questions.support_size, questions.target_x, true)]
    more = [part.reshape(-1, 1, *part.shape[2:]) for part in (questions.candidate_x, questions.candidate_y)]
    known = {name: tf.repeat(part, candidates, axis=0) for name, part in summary.items()}
    _, _, tasks = learner.graphs.update(known, each[0], *more, tf.ones_like(each[0]))
    added = _error(learner, tasks, *each[1:]).reshape(-1, candidates)  # [B, C]

    scores = learner.graphs.query_scores(*support, questions.candidate_x, questions.target_x).numpy()
    asked = np.take_along_axis(added, scores.argmax(axis=1)[:, None], axis=1)[:, 0]
    return Outcome(nothing, added.mean(axis=1), asked, added.min(axis=1))


def evaluate(learner: Any, benchmark: Benchmark, tasks: int = TASKS, seed: int = 1) -> list[Score]:
    """Score what asking gains.

    Args:
        learner: a learner.
        benchmark: what it is evaluated on.
        tasks, seed: how many tasks, drawn from which seed.

    Returns:
        One score for each field of `Outcome`, its name under "added"; none of a learner that does not ask, or a benchmark that
        has no questions.
    """
    questions = benchmark.questions(tasks, seed) if learner.offers(Asks) else None
    if questions is None:
        return []
    condition = {"support": int(questions.support_size[0]), "candidates": questions.candidate_x.shape[1]}
    groups = [Questions(*(part[at : at + GROUP] for part in questions)) for at in range(0, tasks, GROUP)]
    found = np.concatenate([outcome(learner, group) for group in groups], axis=1)
    return [score(benchmark, {**condition, "added": name}, each) for name, each in zip(Outcome._fields, found, strict=True)]


def _error(learner: Any, task: Any, target_x: Any, target_y: Any) -> np.ndarray:
    prediction = learner.graphs.apply(task, tf.expand_dims(target_x, 1)).numpy()[:, 0]
    return np.square(prediction - target_y).mean(axis=1, dtype=np.float64)
