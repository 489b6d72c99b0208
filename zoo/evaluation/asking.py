"""Does asking pay? The error at one place after adding the asked example, a random one, and the best there was.

Figure 2c and d of Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018): two points of a wave are known, eight
candidates stand by. The paper shows one wave; this is the mean over many.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from zoo.datasets import Questions
from zoo.evaluation.scores import Score, score
from zoo.learners.set_learner import SetLearner

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


def outcome(learner: SetLearner, questions: Questions) -> Outcome:
    """Try every candidate of every task, all at once.

    Args:
        learner: a learner that reads a set.
        questions: tasks with candidates and a target.
    """
    support, true = questions[:3], questions.target_y
    task, summary = learner.compiled_adapt_and_summarise(*support)
    nothing = _error(learner, task, questions.target_x, true)

    candidates = questions.candidate_x.shape[1]
    each = [tf.repeat(part, candidates, axis=0) for part in (questions.support_size, questions.target_x, true)]
    more = [part.reshape(-1, 1, *part.shape[2:]) for part in (questions.candidate_x, questions.candidate_y)]
    known = {name: tf.repeat(part, candidates, axis=0) for name, part in summary.items()}
    _, _, tasks = learner.compiled_grow(known, each[0], *more, tf.ones_like(each[0]))
    added = _error(learner, tasks, *each[1:]).reshape(-1, candidates)  # [B, C]

    scores = learner.compiled_scores(*support, questions.candidate_x, questions.target_x).numpy()
    asked = np.take_along_axis(added, scores.argmax(axis=1)[:, None], axis=1)[:, 0]
    return Outcome(nothing, added.mean(axis=1), asked, added.min(axis=1))


def evaluate(learner: SetLearner, episodes, tasks: int = TASKS, seed: int = 1) -> list[Score]:
    """Score what asking gains.

    Args:
        learner: a learner that reads a set.
        episodes: have a method `questions` (see `zoo.datasets.sinusoids.sinusoid`).
        tasks, seed: how many tasks, drawn from which seed.

    Returns:
        One score for each field of `Outcome`, its name under "added".
    """
    questions = episodes.questions(tasks, seed)
    condition = {"support": int(questions.support_size[0]), "candidates": questions.candidate_x.shape[1]}
    groups = [Questions(*(part[at : at + GROUP] for part in questions)) for at in range(0, tasks, GROUP)]
    errors = np.concatenate([outcome(learner, group) for group in groups], axis=1)
    return [score({**condition, "added": name}, per_task) for name, per_task in zip(Outcome._fields, errors, strict=True)]


def _error(learner: SetLearner, task, target_x, target_y) -> np.ndarray:
    prediction = learner.compiled_apply(task, tf.expand_dims(target_x, 1)).numpy()[:, 0]
    return np.square(prediction - target_y).mean(axis=1, dtype=np.float64)
