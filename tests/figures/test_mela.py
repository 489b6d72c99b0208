"""The figures of MeLA's paper, measured on a few tasks of some learners; each is loaded once, and every room drawn once."""

import csv
import functools

import numpy as np
import pytest

from zoo import ZooError
from zoo.datasets import BallVideo, BouncingBall
from zoo.figures import ball, mela, video, waves
from zoo.hub import registry

NAMES = [
    "2a_gradient_steps",
    "2b_one_wave",
    "2c_asking",
    "2d_asked",
    "code_space",
    "3a_rollout",
    "3b_gradient_steps",
    "4_influence",
    "5a_video_rollout",
    "5b_video_frames",
]


WAVES, BALLS = ("pretrained", "MeLA"), ("oracle", "MeLA")  # drawn in place of all learners of a figure


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Every figure, measured on a few tasks."""
    few, rollout = [curve for curve in ball.CURVES if curve[0] in BALLS], ball.rollout
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "load", functools.cache(registry.load))
        for benchmark in (BouncingBall, BallVideo):
            patch.setattr(benchmark, "draw", functools.cache(benchmark.draw))
        patch.setattr(waves, "CURVES", [curve for curve in waves.CURVES if curve[0] in WAVES])
        patch.setattr(ball, "CURVES", few)
        patch.setattr(ball, "rollout", lambda curves=few, *more: rollout(curves, *more))
        patch.setattr(waves, "TASKS", 20)
        patch.setattr(waves, "STEPS", range(3))
        patch.setattr(ball, "ROOMS", 3)
        patch.setattr(ball, "STEPS", range(3))
        patch.setattr(video, "ROOMS", 2)
        folder = tmp_path_factory.mktemp("figures") / "mela"
        return folder, mela.draw(folder, progress=False)


def table(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_figure_has_a_picture_and_its_numbers(drawn):
    folder, names = drawn
    assert names == NAMES and len(names) == mela.COUNT
    for name in names:
        assert (folder / f"{name}.png").stat().st_size > 10_000
        assert len(table(folder, name)) >= 5
        assert f"({name}.png)" in (folder / "README.md").read_text(encoding="utf-8")


def test_published_values_stand_in_the_tables(drawn):
    folder, _ = drawn
    steps = {(row["learner"], row["gradient steps"]): row["published"] for row in table(folder, "2a_gradient_steps")}
    assert float(steps["MeLA", "0"]) == 0.208
    rows = [row for row in table(folder, "3a_rollout") if row["learner"] == "oracle" and row["gradient steps"] == "5"]
    assert [float(row["published"]) for row in rows] == [0.012, 0.025, 0.040, 0.058, 0.077]


def test_the_asked_candidate_has_the_highest_score_and_helps(drawn):
    scores = {row["candidate x"]: float(row["score"]) for row in table(drawn[0], "2c_asking")}
    wrong = {row["candidate x"]: float(next(v for k, v in row.items() if "error" in k)) for row in table(drawn[0], "2d_asked")}
    asked = max(scores, key=scores.get)
    assert wrong[asked] < np.mean(list(wrong.values()))


def test_every_learner_of_a_figure_takes_the_steps_that_are_drawn():
    for _, name, on, _ in waves.CURVES:
        assert on in registry.entry(name).build().refiners()
    for _, name, _ in (*ball.CURVES, *video.CURVES):
        learner = registry.entry(name).build()
        assert learner.past_outputs == 3
        assert learner.refiners()


def test_influence_adds_up(drawn):
    assert sum(float(row["influence"]) for row in table(drawn[0], "4_influence")) == pytest.approx(1, abs=1e-4)


def test_a_folder_that_exists_is_kept(drawn):
    with pytest.raises(ZooError, match="exists already"):
        mela.draw(drawn[0], progress=False)


def test_what_a_code_explains():
    generator = np.random.default_rng(0)
    code = generator.normal(size=(2000, 2))
    assert waves._explained(code, code) > 0.95
    assert waves._explained(code, generator.normal(size=(2000, 1))) < 0.05
