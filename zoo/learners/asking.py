"""Which example to label next, of a task of classes: how a candidate's label would change the answers.

For classes `sensitivity` is what equation 6 of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, is for
numbers: how far predictions move with the candidate's label. Entropy and margin are those of B. Settles, "Active learning
literature survey", 2009, sections 3.1 and 3.6; a class's label is tried by learning from it, and by no gradient.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from zoo.learners.asked import Asked
from zoo.learners.over_embeddings import OverEmbeddings
from zoo.learners.parts import in_parts
from zoo.utils.errors import ZooError, listed
from zoo.utils.logits import softmax

PLACES = 64  # where answers are compared at most; of more, so many are taken at equal distances
LEAST = 0.01  # probability from which on a class of a candidate is tried, beside its two likeliest
PART = 1 << 24  # bytes of what tasks answer at once, as far as one is not more
DOUBT = 12  # power of the probability that a candidate is of any class at all: a stranger is not worth a label

Rows = np.ndarray  # float32 [N, ...], examples or embeddings, as the graphs of the learner read them


def ask(task: Any, candidates: Any, at: Any, rule: str, known: Rows | None = None) -> Asked:
    """See `TaskModel.ask`; candidates that are among the rows `known` have a label already, and score 0."""
    check(task, rule)
    learner = task.learner
    rows = learner.queries("candidates", candidates, task.columns)
    where = rows if at is None else learner.queries("at", at, task.columns)
    labelled = {row.tobytes() for row in known} if known is not None else set()
    free = np.array([row.tobytes() not in labelled for row in rows])
    if learner.embedding_width():
        rows = in_parts(learner.graphs.embed, rows)
        where = rows if at is None else in_parts(learner.graphs.embed, where)
        task = OverEmbeddings(learner).over(task)
    return Asked.of((scores(task, rows, where, rule) * free).astype(np.float32), candidates)


def scores(task: Any, candidates: Rows, at: Rows, rule: str = "sensitivity") -> np.ndarray:
    """How much the label of each candidate would tell, `[C]`.

    Args:
        task: a task of classes, whose learner's graphs are `apply` and `update`.
        candidates: rows of which one could be labelled.
        at: rows where the answers matter.
        rule: a name in `RULES`.
    """
    logits = in_parts(lambda part: _applied(task, part), candidates, task.nbytes)
    if rule in _OF_THE_CANDIDATE:
        return _OF_THE_CANDIDATE[rule](logits) * _is_of_a_class(task, logits, rule)
    places = at[np.linspace(0, len(at) - 1, min(len(at), PLACES)).astype(int)]
    before = softmax(in_parts(lambda part: _applied(task, part), places, task.nbytes))
    found = [_OF_THE_ANSWERS[rule](before, *revealed) for revealed in _revealed(task, candidates, softmax(logits), places)]
    return np.concatenate(found) * _is_of_a_class(task, logits, rule)


def ranked(task: Any, candidates: Rows, at: Rows, top: int, rule: str = "sensitivity") -> list[tuple[int, float]]:
    """The `top` candidates to label together, best first, and the score of each when it was chosen.

    After each choice the task learns the candidate under its likeliest class, so that the next one is not its like. Examples
    are embedded once, where the learner embeds them.
    """
    if task.learner.embedding_width():
        candidates, at = (in_parts(task.learner.graphs.embed, rows) for rows in (candidates, at))
        task = OverEmbeddings(task.learner).over(task)
    left = np.arange(len(candidates))
    chosen: list[tuple[int, float]] = []
    while len(left) and len(chosen) < top:
        found = scores(task, candidates[left], at, rule)
        best = int(np.argmax(found))
        row = candidates[left[best]][None]
        chosen.append((int(left[best]), float(found[best])))
        learned = _learned(task, row, _applied(task, row).argmax(axis=1))
        task = type(task)(task.learner, learned, task.given, {}, task.size + 1)
        left = np.delete(left, best)
    return chosen


def check(task: Any, rule: str = "sensitivity") -> None:
    """Refuse a task that cannot ask, or a rule that is none.

    Raises:
        ZooError: as `TaskModel.ask`.
    """
    if rule not in RULES:
        raise ZooError(f"rule={rule!r} is none; give one of {listed(RULES)}.")
    title = task.learner.title
    if not task.classes or not task.learner.can_update:
        raise ZooError(f"this task of {title} cannot ask: only tasks of classes that grow by more examples do (task.update).")
    if len(task.classes) < 2:
        raise ZooError(f"this task of {title} has one class, {task.classes[0]!r}, so no label tells it anything; learn two.")


def _applied(task: Any, rows: Rows, learned: Any = None) -> np.ndarray:
    """Logits `[..., M, ways]` of rows, by the task itself, or by many `learned` tasks of the same rows."""
    if learned is None:
        return np.asarray(task.learner.graphs.apply(task.learned, rows[None]))[0, :, : len(task.classes)]
    tasks = len(next(iter(learned.values())))
    return np.asarray(task.learner.graphs.apply(learned, np.broadcast_to(rows, [tasks, *rows.shape])))[..., : len(task.classes)]


def _learned(task: Any, rows: Rows, classes: np.ndarray) -> dict[str, np.ndarray]:
    """Tasks `[B, ...]`, each of which learned one row more, `[B, ...]`, of one class, `[B]`."""
    known = {name: np.repeat(value, len(rows), axis=0) for name, value in task.learned.items()}
    labels = np.eye(len(task.classes), dtype=np.float32)[classes][:, None]
    more = task.learner.graphs.update(known, rows[:, None], labels, np.ones(len(rows), np.int32))
    return {name: np.asarray(value) for name, value in more.items()}


def _revealed(
    task: Any, candidates: Rows, probability: np.ndarray, places: Rows
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """What the task would answer if labels were known, of some candidates `c` after the others.

    Yields:
        Of these candidates and their likely classes, `[P]` pairs in order: the probability of each pair, which of a candidate add
        up to 1, and the probabilities at the places, `[P, Q, ways]`; and where the pairs of each candidate begin, `[c]`.
    """
    likely = probability >= np.minimum(LEAST, np.partition(probability, -2, axis=1)[:, -2:-1])  # two at least
    most = max(1, PART // (task.nbytes + places.nbytes + 4 * len(places) * len(task.classes)))
    part = (np.cumsum(likely.sum(axis=1)) - 1) // most
    for number in range(part[-1] + 1):
        of = part == number
        if not of.any():  # the pairs of one candidate were more than a part
            continue
        candidate, named = np.nonzero(likely[of])
        begins = np.searchsorted(candidate, np.arange(of.sum()))
        share = probability[of][candidate, named]
        share /= np.add.reduceat(share, begins)[candidate]
        yield share, softmax(_applied(task, places, _learned(task, candidates[of][candidate], named))), begins


def _is_of_a_class(task: Any, logits: np.ndarray, rule: str) -> np.ndarray:
    """How far a candidate counts, `[C]`: the probability that it is of any class at all, to the power of `DOUBT`.

    "None of these" is one class more, whose logit is minus the OOD threshold: a candidate that lies there is either with equal
    probability. Where no threshold was measured, and by distance, which looks for strangers, all count alike.
    """
    if rule == "distance" or not np.isfinite(task.ood_threshold):
        return np.ones(len(logits))
    none = np.full([len(logits), 1], -task.ood_threshold, logits.dtype)
    return (1 - softmax(np.concatenate([logits, none], axis=1))[:, -1]) ** DOUBT


def _entropy(probability: np.ndarray) -> np.ndarray:
    """In nats, along the last axis."""
    return -(probability * np.log(np.maximum(probability, 1e-12))).sum(axis=-1)


def _mean(share: np.ndarray, values: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Over the pairs of each candidate, `[P, ...] -> [c, ...]`."""
    return np.add.reduceat(share.reshape(-1, *[1] * (values.ndim - 1)) * values, begins, axis=0)


def _sensitivity(before: np.ndarray, share: np.ndarray, after: np.ndarray, begins: np.ndarray) -> np.ndarray:
    mean = np.repeat(_mean(share, after, begins), np.diff([*begins, len(share)]), axis=0)
    return _mean(share, np.square(after - mean).sum(axis=2).mean(axis=1), begins)


def _information(before: np.ndarray, share: np.ndarray, after: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Of the candidate's label and the answer's, mutually."""
    return (_entropy(_mean(share, after, begins)) - _mean(share, _entropy(after), begins)).mean(axis=1)


def _fall(before: np.ndarray, share: np.ndarray, after: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Of the mean entropy of the answers; never below nothing, so that a stranger's weight does not raise it."""
    return np.maximum(0.0, (_entropy(before) - _mean(share, _entropy(after), begins)).mean(axis=1))


def _margin(logits: np.ndarray) -> np.ndarray:
    first, second = np.sort(softmax(logits), axis=1)[:, :-3:-1].T
    return 1 - (first - second)


_OF_THE_ANSWERS: dict[str, Callable[..., np.ndarray]] = {"sensitivity": _sensitivity, "information": _information, "fall": _fall}
_OF_THE_CANDIDATE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "entropy": lambda logits: _entropy(softmax(logits)),
    "margin": _margin,
    "distance": lambda logits: logits.max() - logits.max(axis=1),
}
RULES = (*_OF_THE_ANSWERS, *_OF_THE_CANDIDATE)
