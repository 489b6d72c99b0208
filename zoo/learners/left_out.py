"""A task learned without each of its examples in turn, exactly: what the others say of it, and how much it counted.

M. Stone, "Cross-validatory choice and assessment of statistical predictions", 1974. A learner learns in one pass, so that N tasks
of N - 1 examples are one batch of `adapt`, where other methods take an approximation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from zoo.learners import parts
from zoo.learners.importance import losses, predictions
from zoo.utils.errors import ZooError

Adapt = Callable[..., tuple[Any, Any]]


@final
@dataclass(frozen=True)
class LeftOut:
    """What leaving out each example says, in the order they came in.

    Attributes:
        predicted: what the task of all others predicts for it, as labels were given, `[N]`.
        loss: float32 `[N]`, the log loss of that, or of numbers the squared error; the mean estimates that of new rows.
        influence: float32 `[N]`, by how much the predictions at `at` differ without it: the root of the mean square, of classes
            in probability, of numbers in the label's unit.
    """

    predicted: np.ndarray
    loss: np.ndarray
    influence: np.ndarray


def leave_each_out(learner: Any, x: Any, y: Any, at: Any = None, categorical: Any = None) -> LeftOut:
    """See `Learner.leave_each_out`."""
    given, columns, (support_x, support_y, _) = learner.given(x, y, categorical)
    count = support_x.shape[1]
    if count < 2:
        raise ZooError("x has 1 row, so nothing is left once it is left out; give at least 2.")
    queries = support_x[0] if at is None else learner.queries("at", at, columns)
    whole = learner.learned_from(
        *learner.adapt_and_summarise(support_x, support_y, np.array([count], np.int32)),
        given,
        (support_x, support_y, np.array([count], np.int32)),
        count,
        columns,
    )
    before = predictions(whole, whole.answers_to(queries))
    own, influence = [], []
    size = parts.rows_at_once(support_x)
    for first in range(0, count, size):
        rows = np.arange(first, min(first + size, count))
        others = np.stack([np.delete(np.arange(count), row) for row in rows])  # [b, N - 1]
        task, _ = learner.adapt_and_summarise(support_x[0][others], support_y[0][others], np.full(len(rows), count - 1, np.int32))
        asked = np.concatenate([np.broadcast_to(queries, [len(rows), *queries.shape]), support_x[0][rows][:, None]], axis=1)
        answers = np.asarray(learner.graphs.apply(task, np.ascontiguousarray(asked)))  # [b, M + 1, ...]
        for each in answers:
            after = predictions(whole, each[:-1])
            influence.append(np.sqrt(np.square(after - before).sum(axis=1).mean()))
            own.append(each[-1])
    answers = np.stack(own)
    loss = losses(whole, predictions(whole, answers), support_y[0])
    return LeftOut(learner.labels.decode(answers, given), loss.astype(np.float32), np.array(influence, np.float32))
