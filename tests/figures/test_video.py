"""Figure 5, of two flights that are drawn by hand and a learner that sees everything one pixel too far to the right."""

import types

import numpy as np
import pytest

from zoo.datasets import BallVideo, Tasks
from zoo.datasets.rooms.video import render
from zoo.figures import ball, video
from zoo.hub import registry

STRAIGHT = [(4 + 3 * t, 20) for t in range(8)]
BENT = [*((4 + 3 * t, 10) for t in range(5)), (13, 13), (10, 16), (7, 19)]  # turns back at a wall


def frames(path):
    return render(np.array(path) / 40).numpy().reshape(len(path), -1)  # pixels in the units of `render`


@pytest.fixture
def flights(monkeypatch):
    """The second of two flights is bent."""
    x = np.stack([frames(path)[:3].reshape(3, 39, 39) for path in (STRAIGHT, BENT)])[None]
    y = np.stack([frames(path)[3:] for path in (STRAIGHT, BENT)])[None]
    monkeypatch.setattr(BallVideo, "draw", lambda self, tasks, seed, **_: Tasks(x, y[:, :, 0], np.array([2]), x, y))

    def rollout(seen, steps):
        np.testing.assert_array_equal(seen, x[0, 1:])
        return np.roll(y[0, 1:].reshape(1, steps, 39, 39), 1, axis=2).reshape(1, steps, -1)

    task = types.SimpleNamespace(rollout=rollout)
    monkeypatch.setattr(registry, "load", lambda name: types.SimpleNamespace(learn=lambda x, y: task))


def test_the_flight_that_bends_is_shown_and_what_is_predicted_of_it(flights):
    picture = video.frames()
    assert [row[0] for row in picture.rows] == [f"t+{step}" for step in range(1, 6)]
    x, y, predicted_x, predicted_y = np.array([row[1:] for row in picture.rows]).T
    np.testing.assert_allclose(np.transpose([x, y]), BENT[3:], atol=0.5)
    np.testing.assert_allclose([predicted_x, predicted_y], [x + 1, y])
    shown = [part.get_title() for part in picture.figure.axes[:8]]
    assert shown == ["t-2", "t-1", "t", "t+1", "t+2", "t+3", "t+4", "t+5"]
    upper, lower = (part.images[0].get_array() for part in (picture.figure.axes[3], picture.figure.axes[11]))
    np.testing.assert_array_equal(upper.T, frames(BENT)[3].reshape(39, 39))
    np.testing.assert_array_equal(lower.T, np.roll(upper.T, 1, axis=0))


def test_distances_are_drawn_as_those_of_positions_with_rooms_of_their_own(monkeypatch):
    asked = []
    monkeypatch.setattr(ball, "rollout", lambda *arguments: asked.append(arguments))
    video.rollout()
    assert asked == [(video.CURVES, "5b_video_rollout", "A ball in video", video.ROOMS)]


@pytest.mark.parametrize("curve", video.CURVES, ids=lambda curve: curve[1])
def test_every_learner_flies_on_and_takes_steps(curve):
    learner = registry.entry(curve[1]).build()
    assert learner.past_outputs == 3
    assert learner.refiners()


def test_an_empty_frame_has_no_centre():
    frame = np.zeros([39, 39])
    assert np.isnan(video._centre(frame)).all()
    frame[10:12, 20:23] = 0.6
    frame[0, 0] = 0.5  # not more than half lit
    assert video._centre(frame) == (10.5, 21)


def test_a_flight_bends_by_how_much_its_last_step_differs_from_its_first():
    bends = video._bend(np.stack([frames(path) for path in (STRAIGHT, BENT)]))
    np.testing.assert_allclose(bends, [0, np.hypot(6, 3)])
