"""Asking tries each candidate under its classes, as `update` would learn it; strangers and what is known are not asked for."""

import numpy as np
import pytest

from zoo import ZooError
from zoo.cli import task_arguments
from zoo.learners import asking, made
from zoo.learners.over_embeddings import OverEmbeddings
from zoo.models import encoded, mann, prototypical, semi_supervised
from zoo.runtime.description import Description
from zoo.runtime.onnx_learner import OnnxLearner


@pytest.fixture(scope="module")
def learner():
    return encoded.tiny()["vectors"]


@pytest.fixture
def task(learner):
    """Of three classes, one example of each."""
    x = made.support(learner, 3)[0]
    return learner.learn(x, ["ash", "elm", "oak"])


@pytest.fixture(scope="module")
def pool(learner):
    return made.support(learner, 9, seed=4)[0]


def entropy(p):
    return -(p * np.log(p)).sum(axis=-1)


def expected(task, candidates, at, rule):
    """The rules as the papers write them, learning from one candidate under one class after the other."""
    found = []
    for candidate, p in zip(candidates, task.predict_proba(candidates), strict=True):
        after = np.stack([task.update(candidate[None], [name]).predict_proba(at) for name in task.classes])
        mean = np.tensordot(p, after, 1)
        if rule == "sensitivity":
            found.append(p @ np.square(after - mean).sum(axis=2).mean(axis=1))
        elif rule == "information":
            found.append(entropy(mean).mean() - p @ entropy(after).mean(axis=1))
        elif rule == "fall":
            found.append(max(0, entropy(task.predict_proba(at)).mean() - p @ entropy(after).mean(axis=1)))
        elif rule == "entropy":
            found.append(entropy(p))
        elif rule == "margin":
            found.append(1 - (np.sort(p)[-1] - np.sort(p)[-2]))
        else:
            found.append(task.ood_score(candidate[None])[0])
    return np.array(found) - (min(found) if rule == "distance" else 0)


@pytest.mark.parametrize("rule", asking.RULES)
def test_every_rule_is_what_learning_each_label_gives(task, pool, rule, monkeypatch):
    monkeypatch.setattr(asking, "LEAST", 0.0)
    asked = task.ask(pool, rule=rule)
    want = expected(task, pool, pool, rule)
    np.testing.assert_allclose(asked.scores, want, rtol=1e-3, atol=1e-5 * max(1, np.abs(want).max()))
    assert asked.index == asked.scores.argmax()
    np.testing.assert_array_equal(asked.best, pool[asked.index])


def test_in_parts_and_without_unlikely_classes_it_is_much_the_same(task, pool, monkeypatch):
    whole = task.ask(pool).scores
    monkeypatch.setattr(asking, "PART", 1)
    np.testing.assert_allclose(task.ask(pool).scores, whole, rtol=1e-5, atol=1e-7)
    monkeypatch.setattr(asking, "LEAST", 0.0)
    np.testing.assert_allclose(task.ask(pool).scores, whole, rtol=0, atol=0.1 * whole.max())


def test_answers_may_matter_elsewhere_and_of_many_places_some_are_compared(task, pool, monkeypatch):
    asked = task.ask(pool, at=pool[:2]).scores
    assert not np.allclose(asked, task.ask(pool).scores)
    np.testing.assert_allclose(asked, expected(task, pool, pool[:2], "sensitivity"), rtol=0.05, atol=1e-4)
    monkeypatch.setattr(asking, "PLACES", 2)
    np.testing.assert_allclose(task.ask(pool[:5]).scores, task.ask(pool[:5], at=pool[[0, 4]]).scores, rtol=1e-5, atol=1e-7)


def test_what_is_labelled_scores_nothing_and_without_a_label_it_may_be_asked_for(learner, pool):
    asked = learner.ask(pool[:3], ["ash", "elm", "oak"], candidates=pool)
    assert (asked.scores[:3] == 0).all() and (asked.scores[3:] > 0).all()
    whole = learner.learn(pool[:3], ["ash", "elm", "oak"]).ask(pool[3:], at=pool)
    np.testing.assert_allclose(asked.scores[3:], whole.scores, rtol=1e-4)
    refined = semi_supervised.tiny()["soft"]
    x = made.support(refined, 4)[0]
    free = refined.ask(x, ["ash", "elm", "oak", None], candidates=x)
    assert (free.scores[:3] == 0).all() and free.scores[3] > 0


def test_a_stranger_counts_less_than_its_doubt_alone_would(task, pool, learner):
    logits = np.array([[-1.0, -2.0, -9.0], [-20.0, -20.0, -20.0]], np.float32)
    known = asking._is_of_a_class(_With(task, ood_threshold=4.0), logits, "entropy")
    assert known[0] > 0.3 and known[1] < 1e-6
    assert asking._is_of_a_class(_With(task, ood_threshold=1.0), logits[:1] * 0 - 1.0, "entropy") == pytest.approx(
        0.75**asking.DOUBT
    )
    assert (asking._is_of_a_class(_With(task, ood_threshold=float("inf")), logits, "entropy") == 1).all()
    assert (asking._is_of_a_class(_With(task, ood_threshold=4.0), logits, "distance") == 1).all()


class _With:
    """A task with another threshold."""

    def __init__(self, task, **changes):
        vars(self).update(changes)
        self.learner = task.learner


def test_of_two_like_candidates_one_is_asked_for_first(task, pool):
    best = task.ask(pool).index
    twins = np.concatenate([pool[best : best + 1], pool])  # the best one twice
    (first, _), (second, _) = asking.ranked(task, twins, twins, 2)
    assert {first, second} != {0, best + 1}
    together = asking.ranked(task, pool, pool, 99)
    assert sorted(at for at, _ in together) == list(range(9))
    assert together[0] == (best, pytest.approx(task.ask(pool).scores[best], rel=1e-5))


def test_without_tensorflow_it_asks_for_the_same(tmp_path):
    from zoo import export

    small = prototypical.tiny()["cosine"]
    (x, y), pool = made.support(small, 4), made.support(small, 6, seed=4)[0]
    export.onnx(small, tmp_path / "graphs")
    light = OnnxLearner(Description.of(small), {}, tmp_path / "graphs")
    want = small.learn(x, y).ask(pool).scores
    np.testing.assert_allclose(light.learn(x, y).ask(pool).scores, want, rtol=1e-3, atol=1e-6)


def test_learners_without_an_encoder_of_their_own_ask_too():
    memory = next(iter(mann.tiny().values()))
    (x, y), pool = made.support(memory, 4), made.support(memory, 3, seed=4)[0]
    asked = memory.learn(x, y).ask(pool)
    assert asked.scores.shape == (3,) and np.isfinite(asked.scores).all() and asked.scores.max() > 0


def test_a_task_of_embeddings_asks(learner, pool, task):
    vectors = OverEmbeddings(learner)
    embedded = learner.graphs.embed(pool).numpy()
    np.testing.assert_allclose(vectors.over(task).ask(embedded).scores, task.ask(pool).scores, rtol=1e-4, atol=1e-6)


def test_what_cannot_ask_says_why(task, learner, pool, tiny):
    with pytest.raises(ZooError, match="rule='best' is none; give one of sensitivity, information"):
        task.ask(pool, rule="best")
    with pytest.raises(ZooError, match="has one class, 'ash', so no label tells it anything"):
        learner.learn(pool[:1], ["ash"]).ask(pool)
    with pytest.raises(ZooError, match="only tasks of classes that grow by more examples do"):
        tiny.learn([0.0], [1.0]).ask([1.0])
    with pytest.raises(ZooError, match="candidates"):
        task.ask(pool[:, :-1])


def test_the_command_line_names_the_same_rules():
    assert task_arguments.RULES == asking.RULES
