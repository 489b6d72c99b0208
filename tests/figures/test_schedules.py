"""Learned schedules: what is drawn is what hypergradients give, on few steps of a small problem."""

import numpy as np
import pytest

from zoo.figures import schedule_problem, schedules
from zoo.figures.schedule_problem import Digits


@pytest.fixture(scope="module")
def drawn():
    g = np.random.default_rng(0)
    y = g.integers(0, 10, 400).astype(np.int32)
    x = (0.3 * g.random((400, 784)) + 0.7 * (np.arange(784) % 10 == y[:, None])).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        for module in (schedules, schedule_problem):
            patch.setattr(module, "STEPS", 12)
        patch.setattr(schedules, "META_STEPS", 4)
        patch.setattr(schedules, "META_RATE", 0.3)
        patch.setattr(schedules, "AVERAGED", 2)
        patch.setattr(schedules, "FRESH", range(50, 52))
        patch.setattr(schedules, "GRID", ((-1.0, 0.5), (0.5, 0.5), (9.0, 0.9)))
        return {picture.name: picture for picture in schedules.pictures(Digits(x, y), progress=False)}


def test_every_figure_has_its_numbers(drawn):
    names = ["schedules_2_learned", "schedules_3_curves", "schedules_4_hypergradient", "schedules_compared"]
    assert [*drawn] == names
    for picture in drawn.values():
        assert {len(row) for row in picture.rows} == {len(picture.columns)}


def test_rates_moved_against_their_hypergradients(drawn):
    rates = np.array(drawn["schedules_2_learned"].rows)[:, 1:]
    slope = np.array(drawn["schedules_4_hypergradient"].rows)[:, 1:]
    assert rates.shape == (12, 8)
    moved = np.log(rates) + 1.0
    strong = np.abs(slope) > np.median(np.abs(slope))
    assert np.mean(np.sign(moved[strong]) == -np.sign(slope[strong])) > 0.8


def test_the_meta_learning_curve_falls(drawn):
    curve = [row[3] for row in drawn["schedules_3_curves"].rows if row[0] == "learning the schedule"]
    assert len(curve) == 4
    assert curve[-1] < curve[0]


def test_a_constant_rate_that_diverges_is_never_the_best(drawn):
    rows = drawn["schedules_compared"].rows
    assert [len(row) for row in rows] == [5, 5, 5, 5]
    assert "rate e^0.5" in rows[2][0]
    assert all(np.isfinite(row[1]) for row in rows)
