"""Answers for cards: those of the learner itself, or of queries together by their own moments; others are refused."""

import keras
import numpy as np
import pytest

from zoo.learners import made
from zoo.learners.network_answers import NetworkAnswers
from zoo.models import maml, maml_pictures
from zoo.utils.errors import ZooError


@pytest.fixture(scope="module")
def learner():
    keras.utils.set_random_seed(1)
    return maml_pictures.tiny()["any ways"]


def test_queries_are_normalised_by_their_own_moments(learner):
    episode = made.episode(learner, (6, 4), queries=5, seed=0)
    together = NetworkAnswers(learner, transductive=True)
    task = learner.graphs.adapt(*(episode[f"support_{part}"] for part in ("x", "y", "size")))
    want = learner.task_network.transductive_run(task, episode["query_x"])
    np.testing.assert_allclose(together.answers(episode), want, rtol=1e-5, atol=1e-6)
    assert np.abs(together.answers(episode) - learner.answers(episode)).max() > 1e-3


def test_each_query_alone_it_answers_as_the_learner(learner):
    episode = made.episode(learner, (6, 4), queries=5, seed=0)
    answering, benchmark = learner.for_evaluation("a benchmark", many=True)
    assert isinstance(answering, NetworkAnswers) and benchmark == "a benchmark"
    assert learner.for_evaluation("a benchmark") == (learner, "a benchmark")
    assert answering.variants((0,)) == learner.variants((0,))
    for how in ({}, {"on": "inner", "steps": 0}, {"on": "inner", "steps": 3}):
        got, want = answering.answers(episode, 1, **how), learner.answers(episode, 1, **how)
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)


def test_of_few_tasks_at_once_it_answers_the_same(learner, monkeypatch):
    episode = made.episode(learner, (6, 4, 5), queries=5, seed=0)
    want = learner.answers(episode)
    monkeypatch.setattr(type(learner), "tasks_at_once", 2)
    np.testing.assert_allclose(NetworkAnswers(learner).answers(episode), want, rtol=1e-4, atol=1e-5)


def test_a_horizon_is_refused_as_by_the_learner(learner):
    episode = made.episode(learner, (6, 4), queries=5, seed=0)
    with pytest.raises(ZooError, match="learns no time series"):
        NetworkAnswers(learner).answers(episode, 2)


def test_it_answers_in_every_way_that_the_learner_does(learner):
    episode = made.episode(learner, (6, 4), queries=5, seed=0)
    together = NetworkAnswers(learner, transductive=True)
    ways = together.variants((0, 1))
    assert [condition for condition, _ in ways] == [
        {"steps": 2, "transductive": True},
        {"steps": 0, "on": "inner", "transductive": True},
        {"steps": 1, "on": "inner", "transductive": True},
    ]
    answers = [together.answers(episode, 1, **how) for _, how in ways]
    np.testing.assert_allclose(together.answers(episode, on="inner", steps=2), answers[0], rtol=1e-5, atol=1e-6)
    assert np.abs(answers[1] - answers[2]).max() > 1e-4


def test_a_learner_without_moments_is_refused():
    with pytest.raises(ZooError, match="leave it out"):
        NetworkAnswers(maml.tiny()["one rate"], transductive=True)
