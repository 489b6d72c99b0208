"""Compiled functions: made once, when first asked for, by however many threads, and never by loading a model."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.learners.graphs import Graphs, compiled


def test_each_is_made_when_first_asked_for_and_once():
    made = []

    def make(name):
        made.append(name)
        return name.upper()

    graphs = Graphs(lambda: {"adapt": lambda: make("adapt"), "apply": lambda: make("apply")})
    assert made == []
    assert graphs.adapt is graphs.adapt
    assert made == ["adapt"]
    assert graphs.apply == "APPLY"


def test_one_may_need_another():
    graphs = Graphs(lambda: {"adapt": lambda: 3, "task_spec": lambda: graphs.adapt + 1})
    assert graphs.task_spec == 4


def test_many_threads_that_ask_at_once_share_one():
    made, ready = [], threading.Barrier(8)

    def make():
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    graphs = Graphs(lambda: {"adapt": make})

    def ask(_):
        ready.wait()
        return graphs.adapt

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert all(each is made[0] for each in found)


def test_an_unknown_name_is_refused_with_those_there_are():
    graphs = Graphs(lambda: {"adapt": lambda: 1, "apply": lambda: 2})
    with pytest.raises(AttributeError, match="no graph 'rollout'; this model has adapt, apply"):
        _ = graphs.rollout
    assert not hasattr(graphs, "_anything")


def test_what_making_raises_is_seen_and_tried_again():
    tries = []

    def make():
        tries.append(1)
        raise ValueError("no such shape")

    graphs = Graphs(lambda: {"adapt": make})
    for _ in range(2):
        with pytest.raises(ValueError, match="no such shape"):
            _ = graphs.adapt
    assert len(tries) == 2


def test_one_graph_serves_every_shape_of_a_signature():
    traced = []

    def double(x):
        traced.append(x.shape)
        return 2 * x

    function = compiled(double, tf.TensorSpec([None, 2], tf.float32))
    for rows in (1, 5):
        np.testing.assert_array_equal(function(np.ones([rows, 2], np.float32)), np.full([rows, 2], 2.0))
    assert len(traced) == 1


def test_saving_and_loading_a_model_trace_no_graph(tiny, tmp_path, monkeypatch):
    fresh = type(tiny)(tiny.config)
    with monkeypatch.context() as patched:
        patched.setattr(tf, "function", lambda *_, **__: pytest.fail("a graph was made"))
        fresh.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    assert loaded.graphs._made == fresh.graphs._made == {}
    assert set(loaded.graphs.task_spec) == set(tiny.graphs.task_spec)
