"""Distractors told from other unlabelled examples: the area under the curve, of learners that have a score for it."""

import types

import numpy as np
import pytest

from zoo.datasets import InMemory, Labelled, SemiSupervised
from zoo.evaluation import distractors
from zoo.models import prototypical, semi_supervised


@pytest.fixture(scope="module")
def benchmark():
    """Pictures of noise about one picture of each class, so that even an untrained encoder tells some apart."""
    generator = np.random.default_rng(0)
    kinds = generator.uniform(size=[24, 1, 12, 12, 1])
    x = np.clip(kinds + generator.normal(0, 0.05, [24, 20, 12, 12, 1]), 0, 1).reshape(-1, 12, 12, 1)
    parts = [Labelled(x[at * 240 : at * 240 + 240], tuple(range(12 * at, 12 * at + 12)), np.full(12, 20)) for at in (0, 1)]
    return SemiSupervised(InMemory(*parts))


@pytest.mark.parametrize("kind", ["soft", "masked"])
def test_the_area_is_over_all_unlabelled_examples_of_tasks_with_distractors(kind, benchmark):
    learner = semi_supervised.tiny()[kind]
    (row,) = distractors.evaluate(learner, *learner.for_evaluation(benchmark), tasks=60, seed=1)
    assert row["condition"] == benchmark.conditions()[1]
    assert (row["distractors"], row["others"]) == (60 * 25, 60 * 25)
    assert row["area"] > 0.8


def test_scores_are_compared_with_the_truth(benchmark):
    drawn = benchmark.draw(60, 1, **benchmark.conditions()[1])
    model = types.SimpleNamespace(uses_unlabelled=True)
    for sign, area in ((1.0, 1.0), (-1.0, 0.0), (0.0, 0.5)):
        told = iter([sign * drawn.distractor[:50], sign * drawn.distractor[50:]])
        answering = types.SimpleNamespace(adapt=lambda inputs, told=told: {"distractor_score": next(told)})
        (row,) = distractors.evaluate(model, answering, benchmark, tasks=60, seed=1)
        assert row["area"] == area


def test_others_have_no_such_row(benchmark):
    learner = prototypical.tiny()["cosine"]
    assert distractors.evaluate(learner, *learner.for_evaluation(benchmark), tasks=2, seed=1) == []
    learner = semi_supervised.tiny()["soft"]
    assert distractors.evaluate(learner, *learner.for_evaluation(benchmark.n_way), tasks=2, seed=1) == []
