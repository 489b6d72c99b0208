"""Figure 2 and the code space: the numbers beside the pictures are those of tasks learned one by one."""

import numpy as np
import pytest

from zoo.figures import waves
from zoo.hub import registry

MAML = waves.CURVES[1]
OTHER = ("MAML under a name that the paper does not have", *MAML[1:])


@pytest.fixture
def steps(load_once, monkeypatch):
    """Figure 2a of one learner twice, three tasks and up to one step."""
    monkeypatch.setattr(waves, "CURVES", (MAML, OTHER))
    monkeypatch.setattr(waves, "TASKS", 3)
    monkeypatch.setattr(waves, "STEPS", range(2))
    return waves.gradient_steps()


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # a weak learner, and so it should say
def test_errors_are_those_of_tasks_learned_one_by_one(steps, shipped):
    assert [row[:4] for row in steps.rows] == [(*each[:3], k) for each in (MAML, OTHER) for k in range(2)]
    for _, name, on, k, mean, interval, _ in steps.rows:
        drawn = registry.entry(name).benchmark.draw(3, waves.SEED)
        wrong = []
        for x, y, query, truth in zip(drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y, strict=True):
            wrong.append(np.square(shipped(name).learn(x, y, gradient_steps=k, on=on).predict(query) - truth).mean())
        assert mean == pytest.approx(np.mean(wrong), rel=1e-3)
        assert interval == pytest.approx(1.96 * np.std(wrong) / 3**0.5, rel=1e-3)


def test_published_errors_stand_beside_the_learners_that_the_paper_has(steps):
    assert [row[6] for row in steps.rows] == [3.05, 0.48, "", ""]
    marked = [line.get_xydata().tolist() for line in steps.figure.axes[0].lines if line.get_marker() == "D"]
    assert marked[0] == [[0, 3.05], [1, 0.48], [5, 0.208], [10, 0.16]]
    assert [len(each) for each in marked[1:]] == [0, 0]  # the last one is the legend's


@pytest.mark.parametrize("curve", waves.CURVES, ids=lambda curve: curve[1])
def test_every_learner_takes_the_steps_that_are_drawn(curve):
    assert curve[2] in registry.entry(curve[1]).build().refiners()


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # a weak learner, and so it should say
def test_one_wave_is_followed_and_points_are_as_large_as_their_influence(load_once):
    picture = waves.one_wave()
    x, wave, *predicted = np.array(picture.rows).T
    np.testing.assert_allclose(wave, 3.5 * np.sin(x - 0.8))
    wrong = dict(zip(picture.columns[2:], (np.square(each - wave).mean() for each in predicted), strict=True))
    assert wrong["MeLA, ten points"] < 0.01 < wrong["MAML, one step"] < wrong["pretrained"]
    (points,) = picture.figure.axes[0].collections
    assert points.get_offsets().shape == (10, 2)
    assert points.get_sizes().sum() == pytest.approx(10 * 20 + 600)


def test_the_candidate_asked_for_has_the_highest_score_and_helps(load_once, shipped):
    scores, explained = waves.asking()
    assert [row[0] for row in scores.rows] == [row[0] for row in explained.rows]
    best = int(np.argmax([row[1] for row in scores.rows]))
    wrong = [row[1] for row in explained.rows]
    candidate = scores.rows[best][0]
    assert f"wants to see x = {candidate:.2f}." in scores.caption
    assert f"asked {wrong[best]:.2f}, at random {np.mean(wrong):.2f}. " in explained.caption
    assert wrong[best] < np.mean(wrong)
    known = np.array([1.5, 3.2, candidate])
    answer = shipped(waves.ASKED).learn(known, 3 * np.sin(known - 1.2)).predict([-4.0])[0]
    assert wrong[best] == pytest.approx(abs(answer - 3 * np.sin(-5.2)), abs=1e-2)  # drawn between points of a curve


def test_what_asking_gains_is_the_cards(monkeypatch):
    def row(added, mean):
        return {"condition": {"added": added}, "mean": mean, "interval": 0.125, "tasks": 12_000}

    monkeypatch.setattr(registry, "card", lambda name: {"asking": [row("none", 9), row("asked", 0.5), row("random", 2)]})
    assert waves._over_many() == "Mean squared error over 12,000 waves: 0.50 ± 0.12 against 2.00 ± 0.12."


def test_the_code_space_places_waves_by_their_codes(load_once, shipped, monkeypatch):
    monkeypatch.setattr(waves, "CODED", 60)
    picture = waves.code_space()
    code, amplitude, phase = np.split(np.array(picture.rows), (2, 3), axis=1)
    assert len(code) == 60
    for part, value in zip(picture.figure.axes, (amplitude, np.hstack([np.sin(phase), np.cos(phase)])), strict=False):
        (dots,) = part.collections
        np.testing.assert_allclose(dots.get_offsets(), code)
        assert part.get_title().endswith(f"R² {waves._explained(code, value):.2f} from the code")
    generator = np.random.default_rng(waves.SEED)
    np.testing.assert_array_equal(amplitude[:, 0], generator.uniform(0.1, 5.0, 60))
    np.testing.assert_array_equal(phase[:, 0], generator.uniform(0, np.pi, 60))
    x = generator.uniform(-5, 5, (60, 10, 1))
    y = amplitude[:, None] * np.sin(x - phase[:, None])
    learned = shipped("mela_sinusoid_paper").encode(x[:1].astype(np.float32), y[:1].astype(np.float32), np.array([10]))
    np.testing.assert_allclose(learned, code[:1], rtol=1e-4, atol=1e-5)


def test_a_code_explains_itself_and_no_noise():
    generator = np.random.default_rng(0)
    code = generator.normal(size=(600, 2))
    assert waves._explained(code, code) > 0.9
    assert waves._explained(1000 * code, code) == pytest.approx(waves._explained(code, code))
    assert waves._explained(code, generator.normal(size=(600, 1))) < 0.1
