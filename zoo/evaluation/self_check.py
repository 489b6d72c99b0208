"""A check of one model of an installation: it learns from examples made here, and leaves in every format; no data set is read."""

import numpy as np

from zoo.evaluation.card import task_parity
from zoo.learners import made
from zoo.learners.zoo_model import ZooModel
from zoo.utils.errors import ZooError


def check(model: ZooModel, exports: bool = True) -> dict[str, float]:
    """Learn a task, predict with it and, if asked for, export it.

    Returns:
        The largest difference of each export from the live model; nothing without exports, or of a model without a support set.

    Raises:
        ZooError: if a prediction is no number, or an export differs from the live model.
    """
    found = made.answers(model)
    if found is None:
        return {}
    task, answers = found
    if not np.isfinite(answers).all():
        raise ZooError(f"{model.title} predicts NaN or infinity: its weights are damaged; reinstall fewshot-zoo.")
    return task_parity(task) if exports else {}
