"""Video of the ball: discs of the right size and place, episodes that are the ball drawn, errors in flight distance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.datasets import BallVideo, BouncingBall
from zoo.datasets.rooms.video import PIXEL, centre_of_mass, render
from zoo.utils.errors import ZooError

INSIDE = st.floats(3 * PIXEL, 35.9 * PIXEL)


def drawn_by_hand(x, y):
    frame = np.zeros((39, 39), np.float32)
    for row in range(39):
        for column in range(39):
            frame[row, column] = (row - np.floor(x) - 0.5) ** 2 + (column - np.floor(y) - 0.5) ** 2 <= 8
    return frame


@given(INSIDE, INSIDE)
def test_a_frame_is_a_disc_of_24_pixels_within_half_a_pixel_of_the_ball(x, y):
    frame = render(np.array([x, y], np.float32)).numpy()
    assert set(np.unique(frame)) == {0.0, 1.0}
    assert frame.sum() == 24
    centre = centre_of_mass(frame.reshape(-1))
    np.testing.assert_array_less(np.abs(centre - [x, y]), 0.5 * PIXEL + 1e-5)


def test_all_at_once_is_one_by_one():
    positions = np.random.default_rng(0).uniform(3, 36, (2, 3, 4, 2)).astype(np.float32)
    frames = render(positions * np.float32(PIXEL)).numpy()
    assert frames.shape == (2, 3, 4, 39, 39)
    for index in np.ndindex(2, 3, 4):
        pixels = positions[index] * np.float32(PIXEL) / np.float32(PIXEL)
        np.testing.assert_array_equal(frames[index], drawn_by_hand(*pixels))


def test_centre_of_mass_counts_lit_pixels_and_knows_an_empty_frame():
    frames = np.zeros((3, 39, 39), np.float32)
    frames[0, 10, 20], frames[0, 12, 20], frames[0, 30, 30] = 0.6, 1.7, 0.5
    frames[1, 5:8, 7] = 1.0
    got = centre_of_mass(frames.reshape(3, -1))
    np.testing.assert_allclose(got / PIXEL, [[11, 20], [6, 7], [1, 1]], rtol=1e-5)


def test_episodes_are_the_ball_drawn():
    video, ball = BallVideo().draw(2, seed=3, split="trajectory"), BouncingBall().draw(2, seed=3, split="trajectory")
    assert video.support_x.shape == (2, 100, 3, 39, 39)
    assert video.support_y.shape == (2, 100, 1521)
    assert video.query_y.shape == (2, 100, 5, 1521)
    np.testing.assert_array_equal(video.support_x, render(ball.support_x.reshape(2, 100, 3, 2)))
    np.testing.assert_array_equal(video.query_y, render(ball.query_y).numpy().reshape(2, 100, 5, 1521))
    np.testing.assert_array_equal(video.support_size, [100, 100])


def test_a_stream_can_start_at_any_step_and_shows_what_comes_after():
    episodes = BallVideo(support=4, queries=3)
    all_steps = list(episodes.stream(2, seed=1).take(3))
    (inputs, query_y), (again, _) = all_steps[2], next(iter(episodes.stream(2, seed=1, start=2)))
    for name, part in inputs.items():
        np.testing.assert_array_equal(again[name], part)
    assert inputs["support_x"].shape == (2, 4, 3, 39, 39)
    assert inputs["future"].shape == (2, 3, 5, 39, 39)
    np.testing.assert_array_equal(query_y, inputs["future"].numpy()[:, :, 0].reshape(2, 3, -1))
    path = np.concatenate([inputs["query_x"], inputs["future"]], axis=2).reshape(2, 3, 8, -1)
    steps = np.linalg.norm(np.diff(centre_of_mass(path), axis=2), axis=-1)
    assert steps.max() < 0.1 + 2 * PIXEL
    assert not np.array_equal(inputs["query_x"], all_steps[1][0]["query_x"])


@pytest.mark.parametrize("wrong", [{"support": 0}, {"queries": 101}])
def test_more_windows_than_there_are_or_none_are_refused(wrong):
    with pytest.raises(ZooError, match=f"{next(iter(wrong))}={next(iter(wrong.values()))}.*1 to 100"):
        BallVideo(**wrong)


def test_the_true_frames_have_no_error_and_a_shifted_disc_its_shift():
    drawn = BallVideo().draw(2, seed=1)
    found = BallVideo().score(drawn.query_y, drawn)
    assert [condition for condition, _ in found] == [{"distance": distance} for distance in (0.1, 0.2, 0.3, 0.4, 0.5)]
    assert all(not error.any() for _, error in found)
    shifted = np.roll(drawn.query_y.reshape(2, 100, 5, 39, 39), 1, axis=-1).reshape(2, 100, 5, -1)
    for _, error in BallVideo().score(shifted, drawn):
        assert error == pytest.approx(np.full(2, PIXEL), rel=0.02)
