"""Figures of acting: regret is what the best arm would have gained beyond, and every strategy has its line."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

from zoo.datasets import Bandits
from zoo.figures import acting

WORLDS = Bandits(arms=3, pulls=12)


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """With one agent, which always pulls the best arm, and its training."""
    monkeypatch.setattr(acting, "TRIALS", 300)
    monkeypatch.setattr(acting, "Bandits", lambda: WORLDS)
    monkeypatch.setattr(acting, "agents", lambda worlds: ["best"])

    def answers(inputs, horizon):
        return (inputs["luck"] < inputs["means"].max(axis=1, keepdims=True)).astype(np.float32)

    made = SimpleNamespace(for_evaluation=lambda worlds: (SimpleNamespace(answers=answers), worlds))
    monkeypatch.setattr(acting.registry, "load", lambda name: made)
    (tmp_path / "cards/best").mkdir(parents=True)
    (tmp_path / "cards/best/training.csv").write_text("epoch,seconds,loss,validation\n1,60,0.1,5.5\n2,120,0.1,6.5\n")
    monkeypatch.setattr(acting.registry, "CARDS", tmp_path / "cards")
    assert acting.draw(tmp_path / "out") == list(acting.NAMES)
    return tmp_path / "out"


def test_regret_is_near_zero_for_the_best_arm_and_grows_for_the_others(drawn):
    with open(drawn / "regret.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ends = {row["who"].split(",")[0]: float(row["regret"]) for row in rows if row["pulls"] == "12"}
    assert set(ends) == {"best", *acting.STRATEGIES}
    half = next(float(row["95 % half-width"]) for row in rows if row["who"] == "best" and row["pulls"] == "12")
    assert abs(ends["best"]) < 2 * half
    assert all(regret > 0.5 for name, regret in ends.items() if name != "best")
    assert {path.name for path in drawn.iterdir()} == {"README.md", "regret.png", "regret.csv", "training.png", "training.csv"}


def test_the_curve_of_training_is_in_minutes(drawn):
    with open(drawn / "training.csv", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == [["best", "1.0", "5.5"], ["best", "2.0", "6.5"]]
