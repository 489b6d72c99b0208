"""Figures of acting: regret is what the best arm would have gained beyond, and episodes are beside whoever knows the world."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

from zoo.datasets import Bandits, TabularMDPs
from zoo.figures import acting

BANDITS, WORLDS = Bandits(arms=3, pulls=12), TabularMDPs(size=3, moves=2, episodes=4, steps=5)


def best_arm(inputs, horizon):
    return (inputs["luck"] < inputs["means"].max(axis=1, keepdims=True)).astype(np.float32)


def as_many_as_the_episode(inputs, horizon):
    """One more at every step of each episode than at those of the one before."""
    return np.repeat(np.float32([[1, 2, 3, 4]]), WORLDS.steps, axis=1).repeat(len(inputs["luck"]), axis=0)


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """With one agent of each, and its training."""
    monkeypatch.setattr(acting, "TRIALS", 300)
    monkeypatch.setattr(acting, "WORLDS", 200)
    monkeypatch.setattr(acting, "Bandits", lambda: BANDITS)
    monkeypatch.setattr(acting, "TabularMDPs", lambda: WORLDS)
    monkeypatch.setattr(acting, "agents", lambda worlds: ["best" if worlds == BANDITS else "counting"])
    made = {"best": best_arm, "counting": as_many_as_the_episode}
    monkeypatch.setattr(
        acting.registry,
        "load",
        lambda name: SimpleNamespace(for_evaluation=lambda worlds: (SimpleNamespace(answers=made[name]), worlds)),
    )
    for name, validation in (("best", "5.5"), ("counting", "0.5")):
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "training.csv").write_text(
            f"epoch,seconds,loss,validation\n1,60,0.1,{validation}\n2,90,0,7\n"
        )
    monkeypatch.setattr(acting.registry, "CARDS", tmp_path / "cards")
    assert acting.draw(tmp_path / "out") == list(acting.NAMES)
    return tmp_path / "out"


def rows(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_regret_is_near_zero_for_the_best_arm_and_grows_for_the_others(drawn):
    last = [row for row in rows(drawn, "regret") if row["pulls"] == "12"]
    ends = {row["who"].split(",")[0]: float(row["regret"]) for row in last}
    assert set(ends) == {"best", *acting.STRATEGIES}
    half = next(float(row["95 % half-width"]) for row in last if row["who"] == "best")
    assert abs(ends["best"]) < 2 * half
    assert all(regret > 0.5 for name, regret in ends.items() if name != "best")
    assert {path.name for path in drawn.iterdir()} == {
        "README.md",
        *(f"{name}.{kind}" for name in acting.NAMES for kind in ("png", "csv")),
    }


def test_episodes_are_sums_of_their_steps_and_nobody_beats_whoever_knows_the_world(drawn):
    gained = {(row["who"], int(row["episode"])): row for row in rows(drawn, "episodes")}
    assert {who for who, _ in gained} == {"counting", *acting.PLANNERS}
    assert [float(gained["counting", at]["reward"]) for at in range(1, 5)] == [5.0, 10.0, 15.0, 20.0]
    assert {gained["counting", at]["95 % half-width"] for at in range(1, 5)} == {"0.0"}
    for who in ("PSRL", "epsilon-greedy", "random"):
        for at in range(1, 5):
            row, known = gained[who, at], gained[acting.KNOWING, at]
            assert float(row["reward"]) < float(known["reward"]) + float(row["95 % half-width"])
    assert float(gained["PSRL", 4]["reward"]) > float(gained["random", 4]["reward"]) + 0.5
    assert len({gained[acting.KNOWING, at]["reward"] for at in range(1, 5)}) == 1


@pytest.mark.parametrize(("name", "who", "score"), [("training", "best", "5.5"), ("training_worlds", "counting", "0.5")])
def test_the_curves_of_training_are_in_minutes(drawn, name, who, score):
    with open(drawn / f"{name}.csv", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == [[who, "1.0", score], [who, "1.5", "7.0"]]
