"""A task model: what it says of itself, its answers in words, and its endpoints with the task inside."""

import numpy as np
import pytest

from zoo import ZooError
from zoo.learners import parts
from zoo.learners.task_model import TaskModel

QUERIES = np.array([[3.0, 0.1], [0.1, 1.0]], np.float32)


def test_says_what_it_is(tiny_task):
    assert repr(tiny_task) == f"<TaskModel of tiny: 4 tensors, {tiny_task.nbytes} bytes>"
    assert tiny_task.nbytes == 4 * (6 + 6 + 6 + 1)
    assert tiny_task.title == "task of tiny"
    assert tiny_task.size == 3
    assert tiny_task.input_range is tiny_task.learner.input_range


@pytest.mark.parametrize("x", [[], [[1.0, 2.0]], [np.nan], "points", None])
def test_wrong_queries_are_refused(tiny_task, x):
    with pytest.raises(ZooError, match=r"^x "):
        tiny_task.predict(x)


def test_a_task_of_numbers_has_no_classes(tiny_task):
    assert tiny_task.classes == ()
    for call in (tiny_task.predict_proba, tiny_task.logits, tiny_task.ood_score):
        with pytest.raises(ZooError, match="neither logits nor probabilities"):
            call([1.0])


def test_columns_without_a_name_are_left_out(names):
    assert names.classes == ("elm", "oak")
    assert names.answers(QUERIES).shape == (2, 4)
    want = QUERIES[:, ::-1] * [3.0, 1.0]
    np.testing.assert_allclose(names.logits(QUERIES), want, rtol=1e-6)
    assert names.predict(QUERIES).tolist() == ["oak", "elm"]
    odds = np.exp(want) / np.exp(want).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(names.predict_proba(QUERIES), odds, rtol=1e-5)
    np.testing.assert_allclose(names.ood_score(QUERIES), -want.max(axis=1), rtol=1e-6)
    assert names.ood_threshold == np.inf


def test_classify_says_all_three_in_one_pass(names):
    label, odds, score = names.classify(QUERIES)
    np.testing.assert_array_equal(label, names.predict(QUERIES))
    np.testing.assert_array_equal(odds, names.predict_proba(QUERIES))
    np.testing.assert_array_equal(score, names.ood_score(QUERIES))


@pytest.mark.parametrize("steps", [1, 3])
def test_what_is_no_time_series_is_not_rolled_out(tiny_task, steps):
    with pytest.raises(ZooError, match="use predict"):
        tiny_task.rollout([0.0], steps)


def test_a_task_that_keeps_nothing_says_who_keeps_something(tiny_task):
    bare = TaskModel(tiny_task.learner, tiny_task.learned)
    with pytest.raises(ZooError, match="has no influence: it holds no summary of its support; learners that read a set"):
        _ = bare.influence
    with pytest.raises(ZooError, match="has no update"):
        bare.update([1.0], [1.0])


def test_queries_in_parts_have_the_same_answers(tiny_task, names, monkeypatch, same):
    for task, x in ((tiny_task, np.linspace(0, 1, 23)), (names, np.random.default_rng(0).normal(size=[23, 2]))):
        whole = task.answers(x)
        with monkeypatch.context() as small:
            small.setattr(parts, "EXAMPLES", 20)
            same(task.answers(x), whole)


def test_the_range_of_a_query_is_that_of_a_support_and_every_door_warns_at_the_users_line(tiny_task, names, monkeypatch):
    monkeypatch.setattr(tiny_task.learner, "input_range", (0.0, 1.0))
    monkeypatch.setattr(names.learner, "input_range", (0.0, 1.0))
    doors = [lambda: tiny_task.predict([7.0]), lambda: tiny_task.answers([7.0])]
    doors += [
        lambda call=call: call([[7.0, 0.0]]) for call in (names.predict, names.predict_proba, names.classify, names.ood_score)
    ]
    for door in doors:
        with pytest.warns(UserWarning, match=r"x holds 7, outside the range \[0, 1\]") as caught:
            door()
        assert [each.filename for each in caught] == [__file__]


def test_a_single_number_gets_the_remedy(tiny_task):
    with pytest.raises(ZooError, match=r"x is a single number: pass \[0.5\]"):
        tiny_task.predict(0.5)
