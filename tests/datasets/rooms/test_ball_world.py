"""The ball's world: convex rooms, starts inside them, and flights that keep speed and bounce as light does."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.datasets import simulate
from zoo.datasets.rooms import ball_world
from zoo.utils.errors import ZooError

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]


@pytest.fixture(scope="module")
def world():
    """2,500 rooms with two balls of 200 steps each: a million steps."""
    corners = ball_world.draw_rooms([2500], tf.constant([5, 0], tf.int64))
    start, velocity = ball_world.draw_starts(corners, 2, tf.constant([6, 0], tf.int64))
    path = tf.function(ball_world.fly, autograph=False)(corners, start, velocity, 201)
    return corners.numpy(), start.numpy(), velocity.numpy(), path.numpy()


def behind(corners, points):
    """Largest distance of points behind a wall, written without the code under test."""
    edge = np.roll(corners, -1, axis=1) - corners
    inward = np.stack([-edge[..., 1], edge[..., 0]], -1) / np.linalg.norm(edge, axis=-1, keepdims=True)
    from_corner = points.reshape(len(points), -1, 1, 2) - corners[:, None]
    return -(from_corner * inward[:, None]).sum(-1).min()


def test_rooms_are_convex_with_a_corner_in_each_corner_of_the_screen(world):
    corners, *_ = world
    for room in corners[:200]:
        np.testing.assert_array_equal(ball_world.check_room(room), room)
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    assert (low >= 0.075).all() and (high <= 0.9).all()
    assert (corners[:, 0] <= 0.4).all() and (corners[:, 2] >= 0.575).all()


def test_a_million_steps_stay_inside(world):
    corners, start, _, path = world
    assert path.shape[:3] == (2500, 2, 201)
    assert behind(corners, start) <= 0
    assert behind(corners, path) <= 1e-6


def test_no_step_is_longer_than_the_speed_and_free_flight_is_exactly_as_long(world):
    *_, path = world
    length = np.linalg.norm(np.diff(path, axis=2), axis=-1)
    assert length.max() <= ball_world.STEP + 1e-6
    assert (abs(length - ball_world.STEP) < 1e-6).mean() > 0.5  # the others bounced


def test_energy_is_conserved(world):
    """Whatever happened in 200 steps of bounces, a step that meets no wall is as long at the end as at the start."""
    *_, path = world
    free = [np.linalg.norm(np.diff(path[:, :, part], axis=2), axis=-1).max(axis=-1) for part in (slice(0, 40), slice(160, 201))]
    np.testing.assert_allclose(free[0], free[1], atol=2e-6)


@settings(max_examples=20)
@given(
    st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
    st.floats(0, 6.28),
    st.floats(0.01, 0.4),
)
def test_a_flight_in_a_square_is_an_unfolded_straight_line(start, angle, speed):
    """Reflection in a square is a straight line folded like a triangle wave."""
    velocity = speed * np.array([np.cos(angle), np.sin(angle)])
    path = simulate(SQUARE, start, velocity, 30)
    straight = np.array(start) + np.arange(30)[:, None] * velocity
    folded = 1 - np.abs(straight % 2 - 1)
    np.testing.assert_allclose(path, folded, atol=2e-4)


def test_time_runs_backwards_along_the_same_path():
    path = simulate(SQUARE, [0.3, 0.4], [0.07, 0.05], 3)
    back = simulate(SQUARE, path[-1], path[-2] - path[-1], 3)
    np.testing.assert_allclose(back, path[::-1], atol=1e-6)


def test_any_convex_room_will_do():
    triangle = [[0, 0], [0, 1], [1, 0]]  # clockwise, three corners
    path = simulate(triangle, [0.2, 0.2], [0.06, 0.03], 500)
    assert (path >= -1e-6).all() and (path.sum(axis=1) <= 1 + 1e-6).all()


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ([[0, 0], [1, 1]], "three corners"),
        ([[0, 0], [1, 0], [0.2, 0.2], [0, 1]], "not convex"),
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "not convex"),
        ([[0, 0], [1, 0], [np.nan, 1]], "NaN"),
        ([[0, 0, 0], [1, 0, 0], [1, 1, 0]], "three corners"),
        ([[np.cos(a), np.sin(a)] for a in np.linspace(0, 4 * np.pi, 5, endpoint=False)], "not convex"),
    ],
)
def test_a_room_that_is_none_is_refused(corners, message):
    with pytest.raises(ZooError, match=message):
        simulate(corners, [0.1, 0.1], [0.1, 0], 5)


@pytest.mark.parametrize(
    ("position", "velocity", "steps", "message"),
    [
        ([2, 2], [0.1, 0], 5, "outside the room"),
        ([np.nan, 0.5], [0.1, 0], 5, "finite"),
        ([0.5], [0.1, 0], 5, "two finite numbers"),
        ([0.5, 0.5], [0.1, 0], 0, "at least one"),
    ],
)
def test_a_flight_that_cannot_start_is_refused(position, velocity, steps, message):
    with pytest.raises(ZooError, match=message):
        simulate(SQUARE, position, velocity, steps)


def test_a_speed_of_zero_stays():
    np.testing.assert_array_equal(simulate(SQUARE, [0.5, 0.5], [0, 0], 4), np.full([4, 2], 0.5))
