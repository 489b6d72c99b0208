import numpy as np
import pytest

from zoo.datasets import FreshSinusoids
from zoo.evaluation.scores import GRADIENT_STEPS, errors, evaluate, score
from zoo.models.maml import MAML, MAMLConfig


def test_score_is_the_mean_with_its_95_percent_interval():
    generator = np.random.default_rng(0)
    inside = [abs(score({}, sample).mean - 1) <= score({}, sample).interval for sample in generator.exponential(1, (2000, 400))]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_squared_errors_are_those_of_learn_and_predict(tiny):
    drawn = FreshSinusoids().draw(5, seed=3)
    ((condition, found),) = errors(tiny, FreshSinusoids(), drawn)
    assert condition == {"steps": 0}
    for task in range(5):
        predicted = tiny.learn(drawn.support_x[task], drawn.support_y[task]).predict(drawn.query_x[task])
        assert found[task] == pytest.approx(np.mean((predicted - drawn.query_y[task]) ** 2), rel=1e-5)


def test_query_labels_change_no_prediction(tiny):
    drawn = FreshSinusoids().draw(50, seed=3)
    shifted = drawn._replace(query_y=drawn.query_y + 1)
    (_, after), (_, before) = (errors(tiny, FreshSinusoids(), tasks)[0] for tasks in (shifted, drawn))
    predicted_mean = np.asarray(tiny.compiled_apply(tiny.compiled_adapt(*drawn[:3]), drawn.query_x)).mean(axis=(1, 2))
    np.testing.assert_allclose(after - before, 1 - 2 * (predicted_mean - drawn.query_y.mean(axis=(1, 2))), rtol=1e-4, atol=1e-4)


def test_every_condition_is_scored_and_the_first_after_gradient_steps(tiny):
    episodes = FreshSinusoids((0.5, 0.5) + (0.0,) * 7 + (1.0,))
    scores = evaluate(tiny, episodes, tasks=30, seed=2, progress=False)
    conditions = [one.condition for one in scores]
    assert [one["steps"] for one in conditions[: len(GRADIENT_STEPS)]] == list(GRADIENT_STEPS)
    assert conditions[0] == {"support": 10, "noise": 0.0, "steps": 0}
    assert {(one["support"], one["noise"]) for one in conditions} == {(n, s) for n in (1, 2, 10) for s in (0.0, 0.1)}
    assert all(one.tasks == 30 for one in scores)


def test_the_seed_decides_the_score(tiny):
    first, again, other = (evaluate(tiny, FreshSinusoids(), 40, seed, progress=False)[0].mean for seed in (1, 1, 2))
    assert first == again != other


def test_groups_change_nothing(tiny, monkeypatch):
    drawn = FreshSinusoids().draw(7, seed=3)
    (_, want), *_ = errors(tiny, FreshSinusoids(), drawn)
    monkeypatch.setattr("zoo.evaluation.scores.GROUP", 60)
    (_, got), *_ = errors(tiny, FreshSinusoids(), drawn)
    np.testing.assert_allclose(got, want, rtol=1e-5)


def test_what_cannot_be_rolled_out_is_not_judged_on_a_rollout(tiny):
    from zoo.utils.errors import ZooError

    class Ahead(FreshSinusoids):
        horizon = 5

    with pytest.raises(ZooError, match=r"no time series"):
        errors(tiny, Ahead(), FreshSinusoids().draw(2, seed=3))


def test_a_learner_of_inner_steps_is_judged_after_as_many_as_adapt_takes():
    learner = MAML(MAMLConfig(task_widths=(4,), inner_steps=5, inner_rate=0.1))
    scores = evaluate(learner, FreshSinusoids(), tasks=30, seed=2, progress=False)
    assert [one.condition["steps"] for one in scores] == [5, 0, 1, 10, 5]
    drawn = FreshSinusoids().draw(30, seed=2)
    predicted = learner.apply(learner.adapt(*drawn[:3]), drawn.query_x)
    assert scores[0].mean == pytest.approx(np.square(predicted - drawn.query_y).mean(), rel=1e-4)
