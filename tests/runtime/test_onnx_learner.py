"""A learner without TensorFlow: it learns, predicts, updates and warns as the live one whose graphs it has.

That this holds for every kind of learner is a promise, see `tests/promises/exports.py`.
"""

import dataclasses

import numpy as np
import pytest
from table_means import TableMeans

from zoo import ZooError
from zoo.runtime.onnx_learner import OnnxLearner

X, Y, NEW = [0.0, 1.0, 2.0], [1.0, 0.0, -1.0], [0.5, 1.5]


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)


def test_a_set_is_learned_from_and_grows(waves, tiny):
    task, live = waves.learn(X, Y), tiny.learn(X, Y)
    close(task.predict(NEW), live.predict(NEW))
    assert task.predict(NEW).shape == (2,)
    more, live_more = task.update([3.0], [2.0]), live.update([3.0], [2.0])
    close(more.predict(NEW), live_more.predict(NEW))
    assert (more.size, set(more.summary)) == (4, set(live_more.summary))
    close(more.predict(NEW), waves.learn([*X, 3.0], [*Y, 2.0]).predict(NEW))


def test_classes_are_learned_and_new_ones_join(names, tiny_names):
    x = np.random.default_rng(0).uniform(size=[4, 8, 8, 1]).astype(np.float32)
    task, live = names.learn(x[:2], ["oak", "elm"]), tiny_names.learner.learn(x[:2], ["oak", "elm"])
    close(task.logits(x), live.logits(x))
    more, live_more = task.update(x[2:], ["elm", "ash"]), live.update(x[2:], ["elm", "ash"])
    assert more.classes == live_more.classes == ("elm", "oak", "ash")
    close(more.predict_proba(x), live_more.predict_proba(x))
    assert more.size == 4


def test_what_is_wrong_is_refused_as_by_the_live_one(waves, names):
    with pytest.raises(ZooError, match="x has shape"):
        waves.learn([[[1.0]]], [1.0])
    with pytest.raises(ZooError, match="this task of tiny has no classes"):
        waves.learn(X, Y).logits(NEW)
    with pytest.raises(ZooError, match="has no rollout"):
        waves.learn(X, Y).rollout(NEW, 3)
    with pytest.raises(ZooError, match="opened to predict only"):
        waves.learn(X, Y).endpoints()


def test_a_misfit_and_a_range_are_warned_of(waves):
    known = dataclasses.replace(waves.description, input_range=(-1.0, 1.0), label_range=(-1.0, 1.0), knows="small waves")
    warned = OnnxLearner(known, {}, waves.folder)
    with pytest.warns(UserWarning) as caught:
        warned.learn(X, Y)
    messages = " ".join(str(each.message) for each in caught)
    assert "x holds 2, outside the range [-1, 1]" in messages
    assert "misses its own examples" in messages
    assert {each.filename for each in caught} == {__file__}


def test_tables_are_learned_by_the_same_rule(light):
    live = TableMeans(name="means")
    learner = light(live, "adapt", "apply")
    x = {"age": [20, 30, None, 70], "ward": [1, 2, 1, 2]}
    task, want = (each.learn(x, ["a", "a", "b", "b"], categorical=["ward"]) for each in (learner, live))
    assert task.columns == want.columns
    close(task.logits(x), want.logits(x))
    with pytest.raises(ZooError, match="y holds 11 classes, but means tells 10 apart"):
        learner.learn(np.zeros([11, 1]), list(range(11)))
    with pytest.raises(ZooError, match="has no update"):
        task.update(x, ["a"] * 4)
