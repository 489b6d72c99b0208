"""Asking pays: outcomes are those of learning anew from every enlarged support."""

import numpy as np

from zoo.datasets import FreshSinusoids
from zoo.evaluation import asking

BENCHMARK = FreshSinusoids()


def test_every_outcome_is_that_of_learning_anew(tiny):
    questions = BENCHMARK.questions(3, seed=1)
    got = asking.outcome(tiny, questions)
    for task in range(3):
        x, y, at, true = (
            part[task] for part in (questions.support_x, questions.support_y, questions.target_x, questions.target_y)
        )
        candidates, labels = questions.candidate_x[task], questions.candidate_y[task]

        def error(x, y, at=at, true=true):
            return float(np.square(tiny.learn(x, y).predict([at])[0] - true).mean())

        added = [error(np.append(x, [c], 0), np.append(y, [label], 0)) for c, label in zip(candidates, labels, strict=True)]
        asked = tiny.ask(x, y, candidates=candidates, at=at).index
        want = error(x, y), np.mean(added), added[asked], min(added)
        np.testing.assert_allclose([part[task] for part in got], want, rtol=1e-4, atol=1e-6)


def test_the_order_of_outcomes_and_their_conditions(tiny):
    scores = asking.evaluate(tiny, BENCHMARK, tasks=50)
    assert [score.condition["added"] for score in scores] == ["nothing", "random", "asked", "best"]
    assert scores[0].condition == {"support": 2, "candidates": 8, "added": "nothing"}
    assert scores[3].mean <= min(score.mean for score in scores[1:3])


def test_asking_pays_on_the_papers_learner(shipped):
    outcome = asking.outcome(shipped("mela_sinusoid_paper"), BENCHMARK.questions(1000, seed=2))
    gain = outcome.random - outcome.asked
    assert gain.mean() > 1.96 * gain.std() / len(gain) ** 0.5


def test_nothing_is_scored_where_nobody_asks_or_there_is_nothing_to_ask(tiny, tiny_pictures):
    assert asking.evaluate(tiny, tiny_pictures.benchmark) == []
    assert asking.evaluate(tiny_pictures.build(), BENCHMARK, tasks=3) == []
