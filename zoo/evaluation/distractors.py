"""How well a learner tells examples without a label that are of no class of their task: the area under the ROC curve.

M. Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, count their errors only; whether the scores
behind them are right is seen here, over all unlabelled examples of all tasks.
"""

from typing import Any

import numpy as np

from zoo.datasets.benchmark import Benchmark
from zoo.datasets.episodes import SemiSupervisedTasks
from zoo.evaluation.calibration import area_under_curve

GROUP = 50  # tasks learned at once


def evaluate(model: Any, answering: Any, benchmark: Benchmark, tasks: int, seed: int) -> list[dict[str, Any]]:
    """The area under the curve of distractor scores, under each condition that has distractors.

    Args:
        model: a learner; only those that use examples without a label have such scores.
        answering, benchmark: what its `for_evaluation` gave.
        tasks, seed: as of `zoo.evaluation.scores.evaluate`.

    Returns:
        Of each condition the area: how often a distractor has a higher score than another unlabelled example; and how many there
        were of either.
    """
    if not getattr(model, "uses_unlabelled", False):
        return []
    rows = []
    for condition in benchmark.conditions():
        drawn = benchmark.draw(tasks, seed, **condition)
        if not isinstance(drawn, SemiSupervisedTasks) or not drawn.distractor.any():
            continue
        groups = [type(drawn)(*(part[at : at + GROUP] for part in drawn)) for at in range(0, len(drawn.support_x), GROUP)]
        score = np.concatenate([np.asarray(answering.adapt(group.inputs)["distractor_score"]) for group in groups])
        free = (drawn.support_y.sum(axis=2) == 0) & (np.arange(score.shape[1]) < drawn.support_size[:, None])
        odd, known = score[drawn.distractor & free], score[~drawn.distractor & free]
        rows.append({"condition": condition, "area": area_under_curve(odd, known), "distractors": len(odd), "others": len(known)})
    return rows
