"""The score of a classifier: the share of a task's queries that it answers wrongly."""

import numpy as np

from zoo.datasets.benchmark import Condition

METRIC = "error rate over queries"


def error_rates(answers: np.ndarray, query_y: np.ndarray) -> list[tuple[Condition, np.ndarray]]:
    """Share of queries that are answered wrongly, of every task; a tie of m classes with the true one in it is 1/m right.

    A learner that answers the same to everything is thus at chance, whatever the order of the classes.

    Args:
        answers: logits or probabilities `[B, M, ways]`; NaN is wrong.
        query_y: one-hot labels `[B, M, ways]`.
    """
    best = answers == answers.max(axis=-1, keepdims=True)
    right = (best * query_y).sum(axis=-1) / np.maximum(best.sum(axis=-1), 1)
    return [({}, 1.0 - right.mean(axis=-1, dtype=np.float64))]
