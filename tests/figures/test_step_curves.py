"""Errors by gradient steps: every learner by gradients of a shelf is drawn, as tasks that are learned one by one."""

import numpy as np
import pytest

from zoo.figures import step_curves
from zoo.hub import registry
from zoo.learners.gradient_learner import GradientLearner


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(step_curves, "STEPS", (0, 1, 5))
    monkeypatch.setattr(step_curves, "SHELVES", {"sinusoids": ("waves", 3, False), "tables": ("tables", 3, False)})
    monkeypatch.setattr(step_curves, "entries", lambda shelf: ["maml_sinusoid", "reptile_sinusoid"] * (shelf == "sinusoids"))


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # without a step it does
def test_errors_are_those_of_tasks_learned_one_by_one(few, load_once, shipped):
    (picture,) = step_curves.pictures(lambda items, told: items)
    assert [(row[0], row[2]) for row in picture.rows] == [
        (name, steps) for name in ("maml_sinusoid", "reptile_sinusoid") for steps in (0, 1, 5)
    ]
    for name, _, steps, mean, interval in picture.rows:
        benchmark = registry.entry(name).benchmark
        drawn = benchmark.draw(3, step_curves.SEED, **benchmark.conditions()[0])
        wrong = []
        for x, y, query, truth in zip(drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y, strict=True):
            wrong.append(np.square(shipped(name).learn(x, y, gradient_steps=steps).predict(query) - truth).mean())
        assert mean == pytest.approx(np.mean(wrong), rel=1e-3)
        assert interval == pytest.approx(1.96 * np.std(wrong) / 3**0.5, rel=1e-3)


def test_entries_are_found_by_their_kind():
    for shelf in step_curves.SHELVES:
        found = step_curves.entries(shelf)
        assert found
        assert all(registry.shelf(name) == shelf for name in found)
        assert all(issubclass(registry.entry(name).learner, GradientLearner) for name in found)
    assert "maml_omniglot" in step_curves.entries("omniglot")
    assert "protonet_omniglot" not in step_curves.entries("omniglot")


def test_right_answers_are_a_share_of_a_hundred(monkeypatch):
    monkeypatch.setattr(step_curves, "STEPS", (0, 1))
    picture = step_curves._picture("omniglot", "characters", {"maml_omniglot": [(0.8, 0.01), (0.04, 0.002)]}, 5, True)
    assert [row[2:] for row in picture.rows] == [(0, pytest.approx(20.0), 1.0), (1, pytest.approx(96.0), 0.2)]
    assert picture.rows[0][1] == "ways 5, shots 1"
