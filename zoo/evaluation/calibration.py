"""How sure a classifier may be: measures the three numbers that calibrate it, and what they are worth, on tasks of their own.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", 2017: the temperature that makes the true
classes likeliest; the expected calibration error in 15 bins of equal width. An OOD score is minus the largest logit:
the squared distance to the nearest prototype, or what else a learner compares by, in units of the task's temperature.
"""

from typing import Any

import numpy as np

from zoo.datasets import Benchmark, Tasks
from zoo.evaluation.embeddings import Embeddings
from zoo.learners.embedding_classifier import Calibration, Classifier
from zoo.utils.errors import ZooError
from zoo.utils.logits import softmax

BINS = 15
KNOWN = 0.95  # share of the examples of known classes that the threshold lets pass
TASKS, QUERIES, SEED = 100, 5, 1_000_003  # that are measured on, under each condition; evaluation uses other seeds
GROUP = 50  # tasks answered at once
OOD_TASKS = 250  # at most; they hold twice the classes of others
TEMPERATURES = np.exp(np.linspace(-4.0, 4.0, 161))


def calibrate(learner: Classifier, episodes: Benchmark, embeddings: Embeddings | None = None) -> Calibration | None:
    """Measure and set a classifier's calibration on validation classes, or where those are trained on on training's own.

    Args:
        learner: a trained classifier.
        episodes: what it was trained on; they need `calibration_tasks`, as `NWay` has it.
        embeddings: of the learner; by default new ones.

    Returns:
        What was set; None, and the learner as it was, where the episodes cannot say.
    """
    drawn = _rehearsals(episodes)
    if not drawn:
        return None
    embeddings = embeddings or Embeddings(learner)
    learner.calibration = Calibration()
    supports = [_adapted(embeddings, tasks) for tasks in drawn]
    spreads = [found for found in map(learner.leave_one_out, supports) if found is not None]
    examples = sum(float(np.sum(count)) for _, count, _ in spreads)
    spread = sum(float(np.sum(total)) for total, _, _ in spreads) / examples if examples else 0.0
    learner.calibration = Calibration(spread=spread)
    logits = [_answers(embeddings, tasks, support) for tasks, support in zip(drawn, supports, strict=True)]
    losses = [
        np.mean([cross_entropy(each / one, tasks.query_y) for each, tasks in zip(logits, drawn, strict=True)])
        for one in TEMPERATURES
    ]
    temperature = float(TEMPERATURES[int(np.argmin(losses))])
    strange = np.concatenate([-each.max(axis=-1).ravel() / temperature for each in logits])
    learner.calibration = Calibration(temperature, spread, float(np.quantile(strange, KNOWN)))
    return learner.calibration


def calibration_scores(
    learner: Classifier, episodes: Benchmark, tasks: int, seed: int, embeddings: Embeddings | None = None
) -> dict[str, Any]:
    """What calibration is worth on tasks of evaluation, for a card.

    Returns:
        The calibration; under each condition the expected calibration error before it and after; and for "is_ood", on
        tasks half of whose queries are of classes that the support does not show, the area under the ROC curve of ood_score,
        and which share of either half the threshold calls strange.
    """
    embeddings = embeddings or Embeddings(learner)
    kept, rows, strange = learner.calibration, [], []
    for condition in episodes.conditions():
        drawn = episodes.draw(tasks, seed, **condition)
        row: dict[str, Any] = {"condition": condition}
        for when, known in (("before", Calibration()), ("after", kept)):
            learner.calibration = known
            odds = softmax(_answers(embeddings, drawn, _adapted(embeddings, drawn)))
            row[when] = expected_calibration_error(odds, drawn.query_y)
        rows.append(row)
        strange += _out_of_distribution(embeddings, episodes, tasks, seed, condition)
    about = {"temperature": kept.temperature, "spread": kept.spread, "ood_threshold": kept.ood_threshold}
    return {"calibration": about | {"error": rows}, "is_ood": strange}


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


def area_under_curve(strange: np.ndarray, known: np.ndarray) -> float:
    """How often a score is higher for one of `strange` than for one of `known`; ties count half."""
    order = np.sort(known)
    below, upto = np.searchsorted(order, strange, "left"), np.searchsorted(order, strange, "right")
    return float((below + upto).mean() / 2 / len(known))


def cross_entropy(logits: np.ndarray, label: np.ndarray) -> float:
    """Mean of minus the logarithm of the true class's probability."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    own = (shifted * label).sum(axis=-1)
    return float((np.log(np.exp(shifted).sum(axis=-1)) - own).mean())


def with_unknown_classes(tasks: Tasks) -> Tasks:
    """The same tasks, the second half of whose classes the support no longer shows: their queries have labels of zeros."""
    ways = tasks.support_y.shape[2] // 2
    known = tasks.support_y[..., :ways].sum(axis=2) > 0
    rows = np.argsort(~known, axis=1, kind="stable")[:, : int(known.sum(axis=1).min())]
    x = np.stack([each[row] for each, row in zip(tasks.support_x, rows, strict=True)])
    y = np.stack([each[row, :ways] for each, row in zip(tasks.support_y, rows, strict=True)])
    size = np.full(len(x), rows.shape[1], np.int32)
    return Tasks(x, y, size, tasks.query_x, tasks.query_y[..., :ways])


def _out_of_distribution(embeddings: Embeddings, episodes: Benchmark, tasks: int, seed: int, condition: dict[str, Any]) -> list:
    """What the learner makes of queries that belong nowhere; nothing where there are not twice as many classes."""
    wider = condition | {"ways": 2 * condition.get("ways", 0)}
    try:
        drawn = with_unknown_classes(episodes.draw(min(tasks, OOD_TASKS), seed, **wider))
    except ZooError:
        return []
    score = -_answers(embeddings, drawn, _adapted(embeddings, drawn)).max(axis=-1)
    known = drawn.query_y.sum(axis=-1) > 0
    limit = embeddings.learner.calibration.ood_threshold
    found = {"known": float((score[known] > limit).mean()), "strange": float((score[~known] > limit).mean())}
    return [{"condition": condition, "area": area_under_curve(score[~known], score[known]), "called_ood": found}]


def _rehearsals(episodes: Benchmark) -> list[Tasks]:
    held = [
        each for each in vars(episodes).values() if hasattr(each, "calibration_tasks")
    ]  # trials and batches hold plain episodes
    dealer: Any = held[0] if held else episodes
    if not hasattr(dealer, "calibration_tasks"):
        return []
    drawn = []
    for condition in dealer.conditions():
        if "within" in condition:
            continue
        try:
            drawn.append(dealer.calibration_tasks(TASKS, SEED, **condition, queries=QUERIES))
        except ZooError:  # too few classes, or examples of one
            continue
    return drawn


def _adapted(embeddings: Embeddings, tasks: Tasks):
    support = embeddings(tasks.support_x)
    return embeddings.learner.compiled_adapt_embedded(support, tasks.support_y, tasks.support_size)


def _answers(embeddings: Embeddings, tasks: Tasks, learned) -> np.ndarray:
    """Logits of the queries, a group of tasks at a time."""
    found = []
    for at in range(0, len(tasks.query_x), GROUP):
        some = {name: value[at : at + GROUP] for name, value in learned.items()}
        query = embeddings(tasks.query_x[at : at + GROUP])
        found.append(embeddings.learner.compiled_apply_embedded(some, query).numpy())
    return np.concatenate(found)
