"""Figures 3 and 4, of positions drawn at random in place of flights, which take a second to fly."""

import re
import types

import keras
import numpy as np
import pytest

from zoo.datasets import BouncingBall, Tasks
from zoo.figures import ball, style
from zoo.hub import registry
from zoo.models.mela import MeLA, MeLAConfig

PRETRAINED = ball.CURVES[0]
SMALL = {"row_widths": (8,), "pool": 8, "code_widths": (8,), "generator_widths": (8,), "task_widths": (6,)}


def positions(benchmark, tasks, seed, support=100, split="window"):
    """What `BouncingBall.draw` gives, without a ball."""
    uniform = np.random.default_rng(seed).uniform
    x, y = uniform(size=[tasks, 110, 6]), uniform(size=[tasks, 110, 5, 2])
    if benchmark.oracle:
        x = np.concatenate([x, np.repeat(uniform(size=[tasks, 1, 8]), 110, axis=1)], axis=2)
    x, y = x.astype(np.float32), y.astype(np.float32)
    return Tasks(x[:, :support], y[:, :support, 0], np.full([tasks], support, np.int32), x[:, 100:], y[:, 100:])


@pytest.fixture(autouse=True)
def no_flights(monkeypatch):
    monkeypatch.setattr(BouncingBall, "draw", positions)
    monkeypatch.setattr(ball, "ROOMS", 2)


def learned(learner, steps):
    """The two rooms learned one by one by so many steps on the weights: each a task, its queries and their five positions."""
    drawn = positions(BouncingBall(), 2, ball.SEED)
    for x, y, query, truth in zip(drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y, strict=True):
        yield learner.learn(x, y, gradient_steps=steps, on="weights"), query, truth


def test_rooms_are_drawn_with_flights_that_stay_inside(monkeypatch):
    square = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], np.float32).ravel()
    drawn = positions(BouncingBall(oracle=True), ball.EXAMPLES, ball.SEED)
    drawn.query_x[:, :, 6:] = square
    monkeypatch.setattr(BouncingBall, "draw", lambda *_: drawn)
    picture = ball.rooms()
    assert picture.name == "3a_rooms"
    assert len(picture.rows) == ball.EXAMPLES * (4 + ball.FLOWN)
    flights = np.array([row[3:] for row in picture.rows if row[1] == "position"]).reshape(ball.EXAMPLES, ball.FLOWN, 2)
    np.testing.assert_allclose(flights[:, 0], 0.5, atol=1e-6)
    assert (abs(flights - 0.5) < 0.4 + 1e-4).all()
    assert np.ptp(flights[:, :, 0]) > 0.5  # it flies


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # a weak learner, and so it should say
def test_distances_are_those_of_rooms_learned_one_by_one(load_once, shipped):
    picture = ball.rollout([PRETRAINED], "3a", "A ball", tasks=2)
    label, name, _ = PRETRAINED
    assert (picture.name, [row[:5] for row in picture.rows]) == (
        "3a",
        [(label, name, steps, "weights", distance) for steps in (0, 5) for distance in ball.DISTANCES],
    )
    for steps in (0, 5):
        each = [
            np.linalg.norm(task.rollout(query, 5) - truth, axis=2).mean(axis=0)
            for task, query, truth in learned(shipped(name), steps)
        ]
        mean, interval = np.array([row[5:7] for row in picture.rows if row[2] == steps]).T
        np.testing.assert_allclose(mean, np.mean(each, axis=0), rtol=1e-3)
        np.testing.assert_allclose(interval, 1.96 * np.std(each, axis=0) / 2**0.5, rtol=1e-2, atol=1e-5)


def test_published_distances_stand_in_the_table_and_are_marked_once(monkeypatch):
    """Both entries of MeLA stand beside the same figures."""
    learner = types.SimpleNamespace(refiners=lambda: {"code": None})
    monkeypatch.setattr(registry, "load", lambda name: learner)
    variants = [{**extra, "distance": distance} for extra in ({"steps": 0}, {"steps": 5}) for distance in ball.DISTANCES]
    monkeypatch.setattr(ball, "measured", lambda *_: [(condition, np.ones(2)) for condition in variants])
    picture = ball.rollout([*ball.CURVES[2:], PRETRAINED])
    for steps, want in ((0, [0.016, 0.035, 0.058, 0.084, 0.111]), (5, [0.012, 0.025, 0.040, 0.058, 0.077])):
        assert [row[7] for row in picture.rows if (row[0], row[2]) == ("oracle", steps)] == want
    for part in picture.figure.axes:
        marks = [line.get_ydata() for line in part.lines if line.get_marker() == "D" and len(line.get_xdata())]
        assert len(marks) == 3  # oracle, MeLA, pretrained
    assert {row[3] for row in picture.rows} == {"code"}  # what steps move where there are no weights to move


@pytest.mark.filterwarnings("ignore:the task misses its own examples")  # a weak learner, and so it should say
def test_squared_errors_of_the_next_position_are_those_of_rooms_learned_one_by_one(load_once, shipped, monkeypatch):
    monkeypatch.setattr(ball, "CURVES", [PRETRAINED])
    monkeypatch.setattr(ball, "STEPS", range(2))
    picture = ball.gradient_steps()
    assert [(row[3], row[5]) for row in picture.rows] == [(0, 7.7e-4), (1, "")]
    for *_, steps, mean, _ in picture.rows:
        wrong = [
            np.square(task.predict(query) - truth[:, 0]).mean() for task, query, truth in learned(shipped(PRETRAINED[1]), steps)
        ]
        assert mean == pytest.approx(np.mean(wrong), rel=1e-3)


@pytest.mark.parametrize("curve", ball.CURVES, ids=lambda curve: curve[1])
def test_every_learner_flies_on_and_takes_steps(curve):
    learner = registry.entry(curve[1]).build()
    assert learner.past_outputs == 3
    assert learner.refiners()


def test_the_windows_that_taught_most_are_drawn_in_a_room(monkeypatch):
    keras.utils.set_random_seed(0)
    learner = MeLA(MeLAConfig(**SMALL, inputs=6, outputs=2, history=3, inertial=True))
    monkeypatch.setattr(registry, "load", lambda name: learner)
    picture = ball.influence()
    assert len(picture.rows) == 100
    assert sum(row[-1] for row in picture.rows) == pytest.approx(1, abs=1e-4)
    share = {row[:8]: row[8] for row in picture.rows}
    taught = [line.get_xydata() for line in picture.figure.axes[1].lines if line.get_color() == style.LEARNED]
    assert [share[*window.ravel()] for window in taught] == sorted(share.values(), reverse=True)[:10]  # of equal ones any
    corners = positions(BouncingBall(oracle=True), 2, ball.SEED).query_x[0, 0, 6:].reshape(4, 2)
    (room,) = picture.figure.axes[0].patches
    np.testing.assert_allclose(room.get_xy()[:4], corners)
    near, far = map(float, re.search(r"lie ([\d.]+) from the nearest corner, all windows ([\d.]+)\.", picture.caption).groups())
    assert 0 < near < 1 and 0 < far < 1


def test_windows_are_as_far_from_the_corners_as_their_third_position():
    corners = [0, 0, 1, 0, 1, 1, 0, 1]
    x = np.zeros([1, 12, 14], np.float32)
    x[..., 4:6], x[..., 6:] = [0.5, 0.5], corners
    x[0, :10, 4:6] = [0.9, 1.0]  # a tenth from a corner
    tasks = Tasks(x, np.zeros([1, 12, 2]), np.array([12]), x, np.zeros([1, 12, 5, 2]))
    share = np.arange(12, 0, -1)[None] / 78
    graphs = types.SimpleNamespace(influence=lambda x, y, size: types.SimpleNamespace(numpy=lambda: share))
    near, far = ball._distance_from_corners(types.SimpleNamespace(graphs=graphs), tasks)
    assert near == pytest.approx(0.1)
    assert far == pytest.approx((10 * 0.1 + 2 * 0.5**0.5) / 12)
