"""Scores: errors are those of learning and predicting, whatever is embedded or grouped; conditions come in their order."""

from dataclasses import dataclass

import keras
import numpy as np
import pytest

from zoo.datasets import FreshSinusoids
from zoo.evaluation.scores import GRADIENT_STEPS, evaluate, measured, score
from zoo.models.maml import MAML, MAMLConfig
from zoo.utils.errors import ZooError

WAVES = FreshSinusoids()


def test_score_is_the_mean_with_its_95_percent_interval():
    generator = np.random.default_rng(0)
    found = [score(WAVES, {"steps": 0}, sample) for sample in generator.exponential(1, (2000, 400))]
    inside = [abs(each.mean - 1) <= each.interval for each in found]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
    assert found[0].tasks == 400
    assert found[0].to_json() == {"condition": {"steps": 0}, "mean": found[0].mean, "interval": found[0].interval, "tasks": 400}


def test_a_benchmark_may_say_that_its_score_is_no_mean():
    @dataclass(frozen=True)
    class Largest(FreshSinusoids):
        def summarise(self, measured):
            return float(measured.max()), 0.0

    assert score(Largest(), {}, np.array([1.0, 3.0, 2.0])).mean == 3.0


def test_squared_errors_are_those_of_learn_and_predict(tiny):
    drawn = WAVES.draw(5, seed=3)
    ((condition, found),) = measured(tiny, WAVES, drawn)
    assert condition == {"steps": 0}
    for task in range(5):
        predicted = tiny.learn(drawn.support_x[task], drawn.support_y[task]).predict(drawn.query_x[task])
        assert found[task] == pytest.approx(np.mean((predicted - drawn.query_y[task]) ** 2), rel=1e-5)


def test_error_rates_are_those_of_learn_and_predict_embedded_or_not(tiny_pictures):
    keras.utils.set_random_seed(0)
    learner, benchmark = tiny_pictures.build(), tiny_pictures.benchmark
    drawn = benchmark.draw(6, 1, ways=3, shots=2, queries=4)
    ((condition, found),) = measured(learner, benchmark, drawn)
    assert condition == {"steps": 0}
    for task in range(6):
        learned = learner.learn(drawn.support_x[task], drawn.support_y[task].argmax(axis=1))
        wrong = learned.predict(drawn.query_x[task]) != drawn.query_y[task].argmax(axis=1)
        assert found[task] == pytest.approx(wrong.mean())
    assert 0 < found.mean() < 2 / 3  # better than chance, and not perfect
    answering, embedded = learner.for_evaluation(benchmark)
    np.testing.assert_array_equal(measured(answering, embedded, embedded.prepared(drawn))[0][1], found)
    conditions = [each.condition for each in evaluate(learner, benchmark, tasks=3, progress=False)]
    assert conditions[:2] == [{"ways": 3, "shots": 2, "steps": 0}, {"ways": 3, "shots": 2, "steps": 1, "on": "prototypes"}]
    assert conditions[-1] == {"ways": 4, "shots": 1, "steps": 0}


def test_query_labels_change_no_prediction(tiny):
    drawn = WAVES.draw(50, seed=3)
    shifted = drawn._replace(query_y=drawn.query_y + 1)
    (_, after), (_, before) = (measured(tiny, WAVES, tasks)[0] for tasks in (shifted, drawn))
    predicted_mean = np.asarray(tiny.answers(drawn.inputs)).mean(axis=(1, 2))
    np.testing.assert_allclose(after - before, 1 - 2 * (predicted_mean - drawn.query_y.mean(axis=(1, 2))), rtol=1e-4, atol=1e-4)
    assert "query_y" not in drawn.inputs


def test_every_condition_is_scored_and_the_first_after_gradient_steps(tiny):
    benchmark = FreshSinusoids((0.5, 0.5) + (0.0,) * 7 + (1.0,))
    scores = evaluate(tiny, benchmark, tasks=30, seed=2, progress=False)
    conditions = [one.condition for one in scores]
    assert [one["steps"] for one in conditions[: len(GRADIENT_STEPS)]] == list(GRADIENT_STEPS)
    assert conditions[0] == {"support": 10, "noise": 0.0, "steps": 0}
    assert {(one["support"], one["noise"]) for one in conditions} == {(n, s) for n in (1, 2, 10) for s in (0.0, 0.1)}
    assert all(one.tasks == 30 for one in scores)


def test_the_seed_decides_the_score(tiny):
    first, again, other = (evaluate(tiny, WAVES, 40, seed, progress=False)[0].mean for seed in (1, 1, 2))
    assert first == again != other


def test_groups_change_nothing(tiny, monkeypatch):
    drawn = WAVES.draw(7, seed=3)
    (_, want), *_ = measured(tiny, WAVES, drawn)
    monkeypatch.setattr("zoo.evaluation.scores.GROUP", 60)
    (_, got), *_ = measured(tiny, WAVES, drawn)
    np.testing.assert_allclose(got, want, rtol=1e-5)


def test_a_benchmark_may_score_one_answer_under_several_conditions(tiny):
    class Halves(FreshSinusoids):
        def score(self, answers, drawn):
            (_, errors), *_ = super().score(answers, drawn)
            return [({"half": 1}, errors), ({"half": 2}, errors / 2)]

    found = measured(tiny, Halves(), WAVES.draw(3, seed=3), [({"steps": 0}, {})])
    assert [condition for condition, _ in found] == [{"half": 1, "steps": 0}, {"half": 2, "steps": 0}]
    np.testing.assert_allclose(found[0][1], 2 * found[1][1])


def test_what_cannot_be_rolled_out_is_not_scored_on_a_rollout(tiny):
    class Ahead(FreshSinusoids):
        horizon = 5

    with pytest.raises(ZooError, match=r"no time series"):
        measured(tiny, Ahead(), WAVES.draw(2, seed=3))


def test_a_learner_of_inner_steps_is_scored_after_as_many_as_adapt_takes():
    learner = MAML(MAMLConfig(task_widths=(4,), inner_steps=5, inner_rate=0.1))
    scores = evaluate(learner, WAVES, tasks=30, seed=2, progress=False)
    assert [one.condition["steps"] for one in scores] == [5, 0, 1, 10, 5]
    drawn = WAVES.draw(30, seed=2)
    predicted = learner.apply(learner.adapt(*drawn[:3]), drawn.query_x)
    assert scores[0].mean == pytest.approx(np.square(predicted - drawn.query_y).mean(), rel=1e-4)
