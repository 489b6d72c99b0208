"""Calibration: measures the three parameters of a classifier's, and what they are worth, on tasks of their own.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", 2017: the temperature that makes the true
classes likeliest; the expected calibration error in 15 bins of equal width. The out-of-distribution (OOD) score is minus the
largest logit: the squared distance to the nearest prototype, or what else a classifier compares by, in units of the task's
temperature.
"""

from typing import Any

import numpy as np

from zoo.datasets.benchmark import Benchmark, Tasks
from zoo.learners.capabilities import Calibrates
from zoo.learners.capabilities.calibrates import Calibration
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

BINS = 15
KNOWN = 0.95  # share of the examples of known classes that the threshold lets pass
GROUP = 50  # tasks answered at once
OOD_TASKS = 250  # at most; they hold twice the classes of others
TEMPERATURES = np.exp(np.linspace(-4.0, 4.0, 161))


def calibrate(learner: Any, benchmark: Benchmark) -> Calibration | None:
    """Measure and set a classifier's calibration on the calibration tasks of its benchmark.

    Args:
        learner: a trained classifier of the zoo, which `Calibrates`.
        benchmark: what it was trained on.

    Returns:
        What was set; None, and the learner as it was, where the learner has no calibration, or the benchmark no such tasks.
    """
    if not learner.offers(Calibrates):
        return None
    answering, embedded = learner.for_evaluation(benchmark)
    drawn = embedded.calibration_tasks()
    return measured(learner, answering, drawn) if drawn else None


def measured(learner: Any, answering: Any, drawn: list[Tasks]) -> Calibration:
    """Measure and set a classifier's calibration on tasks.

    Args:
        learner: a classifier, which `Calibrates`.
        answering: what its `for_evaluation` gave.
        drawn: tasks as `answering` takes them; those of one item have as many examples and classes each.
    """
    learner.calibration = Calibration()
    found = [spread for spread in (learner.leave_one_out(answering.adapt(tasks.inputs)) for tasks in drawn) if spread is not None]
    examples = sum(float(np.sum(count)) for _, count, _ in found)
    spread = sum(float(np.sum(total)) for total, _, _ in found) / examples if examples else 0.0
    learner.calibration = Calibration(spread=spread)
    logits = [_answers(answering, tasks) for tasks in drawn]
    losses = [
        np.mean([cross_entropy(each / one, tasks.query_y) for each, tasks in zip(logits, drawn, strict=True)])
        for one in TEMPERATURES
    ]
    temperature = float(TEMPERATURES[int(np.argmin(losses))])
    ood_scores = np.concatenate([-each.max(axis=-1).ravel() / temperature for each in logits])
    learner.calibration = Calibration(temperature, spread, float(np.quantile(ood_scores, KNOWN)))
    return learner.calibration


def calibration_scores(learner: Any, answering: Any, benchmark: Benchmark, tasks: int, seed: int) -> dict[str, Any]:
    """What calibration is worth on tasks of evaluation, for a card.

    Args:
        learner: a calibrated classifier.
        answering, benchmark: what its `for_evaluation` gave.
        tasks, seed: as of `evaluate`.

    Returns:
        The calibration; under each condition the expected calibration error before it and after; and on tasks half of whose
        queries are of classes that the support does not show, the area under the ROC curve of OOD scores, and which share of
        either half lies above the threshold.
    """
    kept, rows, unknown = learner.calibration, [], []
    for condition in benchmark.conditions():
        drawn = benchmark.draw(tasks, seed, **condition)
        row: dict[str, Any] = {"condition": condition}
        for when, known in (("before", Calibration()), ("after", kept)):
            learner.calibration = known
            row[when] = expected_calibration_error(softmax(_answers(answering, drawn)), drawn.query_y)
        rows.append(row)
        unknown += _out_of_distribution(answering, benchmark, tasks, seed, condition, kept.ood_threshold)
    about = {"temperature": kept.temperature, "spread": kept.spread, "ood_threshold": kept.ood_threshold}
    return {"calibration": about | {"error": rows}, "out_of_distribution": unknown}


def expected_calibration_error(odds: np.ndarray, label: np.ndarray) -> float:
    """Mean distance between how sure the answers of a bin are and how often they are right; weighted by the answers in it.

    Args:
        odds: probabilities `[..., ways]`; the largest of each row is how sure it is.
        label: one-hot `[..., ways]`.
    """
    sure = odds.max(axis=-1).ravel()
    right = np.take_along_axis(label, odds.argmax(axis=-1)[..., None], axis=-1).ravel()
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    apart = np.bincount(place, sure - right, minlength=BINS)
    return float(np.abs(apart).sum() / len(sure))


def area_under_curve(unknown: np.ndarray, known: np.ndarray) -> float:
    """How often a score is higher for one of `unknown` than for one of `known`; ties count half."""
    order = np.sort(known)
    below, upto = np.searchsorted(order, unknown, "left"), np.searchsorted(order, unknown, "right")
    return float((below + upto).mean() / 2 / len(known))


def cross_entropy(logits: np.ndarray, label: np.ndarray) -> float:
    """Mean of minus the logarithm of the true class's probability."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    own = (shifted * label).sum(axis=-1)
    return float((np.log(np.exp(shifted).sum(axis=-1)) - own).mean())


def with_unknown_classes(tasks: Tasks) -> Tasks:
    """The same tasks, the second half of whose classes the support no longer names: their queries have labels of zeros.

    Examples without a label stay, and those of the second half are of no class then.
    """
    ways = tasks.support_y.shape[2] // 2
    free = (tasks.support_y.sum(axis=2) == 0) & (np.arange(tasks.support_y.shape[1]) < tasks.support_size[:, None])
    known = (tasks.support_y[..., :ways].sum(axis=2) > 0) | free
    rows = np.argsort(~known, axis=1, kind="stable")[:, : int(known.sum(axis=1).min())]
    x = np.stack([each[row] for each, row in zip(tasks.support_x, rows, strict=True)])
    y = np.stack([each[row, :ways] for each, row in zip(tasks.support_y, rows, strict=True)])
    size = np.full(len(x), rows.shape[1], np.int32)
    return Tasks(x, y, size, tasks.query_x, tasks.query_y[..., :ways])


def _out_of_distribution(
    answering: Any, benchmark: Benchmark, tasks: int, seed: int, condition: dict[str, Any], threshold: float
) -> list[dict[str, Any]]:
    """What a classifier makes of queries of unknown classes; nothing where there are not twice as many classes."""
    wider = condition | {"ways": 2 * condition.get("ways", 0)}
    try:
        drawn = with_unknown_classes(benchmark.draw(min(tasks, OOD_TASKS), seed, **wider))
    except ZooError:
        return []
    score = -_answers(answering, drawn).max(axis=-1)
    known = drawn.query_y.sum(axis=-1) > 0
    found = {"known": float((score[known] > threshold).mean()), "unknown": float((score[~known] > threshold).mean())}
    return [{"condition": condition, "area": area_under_curve(score[~known], score[known]), "called_ood": found}]


def _answers(answering: Any, drawn: Tasks) -> np.ndarray:
    """Logits of the queries, a group of tasks at a time."""
    groups = [type(drawn)(*(part[at : at + GROUP] for part in drawn)) for at in range(0, len(drawn.query_x), GROUP)]
    return np.concatenate([np.asarray(answering.answers(group.inputs)) for group in groups])
