"""The world of the bouncing ball: convex rooms, and a point that flies straight and bounces off the walls without loss.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.2. The unit of length is 40 pixels;
the paper's screen is 39 pixels = 0.975 wide, and a step is 0.1 long.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

from zoo.utils.errors import ZooError

PIXEL = 0.025
STEP = 0.1  # distance flown between two recorded positions
LOW, HIGH = (3 * PIXEL, 16 * PIXEL), (23 * PIXEL, 36 * PIXEL)  # where a coordinate of a corner may lie
START = ((7.8 * PIXEL, 31.2 * PIXEL), (9.75 * PIXEL, 25.2 * PIXEL))  # where the ball may start, if that is inside the room
TRIES = 64  # starts drawn for each ball, of which the first inside the room is taken
BOUNCES = 16  # most bounces in one step; only a corner far sharper than any room here has would need more
TOLERANCE = 1e-5  # by which a position may lie behind a wall

Points: TypeAlias = np.ndarray | tf.Tensor


def draw_rooms(shape: Sequence[int], seed: tf.Tensor) -> tf.Tensor:
    """Draw convex rooms, one corner in each corner of the screen.

    Args:
        shape: leading shape, one room each.
        seed: int64 `[2]`.

    Returns:
        corners, counter-clockwise, float32 `[*shape, 4, 2]`.
    """
    u = tf.random.stateless_uniform([*shape, 4, 4, 2], seed)  # four rooms each: 999 of 1000 are convex, the first such is taken
    low, high = LOW[0] + (LOW[1] - LOW[0]) * u, HIGH[0] + (HIGH[1] - HIGH[0]) * u
    is_high = tf.constant([[False, False], [True, False], [True, True], [False, True]])
    corners = tf.where(is_high, high, low)
    return _first(corners, tf.reduce_all(_turns(corners) > 0, axis=-1))


def draw_starts(corners: tf.Tensor, balls: int, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Draw where balls start and how they fly.

    Args:
        corners: `[..., K, 2]`.
        balls: balls in each room.
        seed: int64 `[2]`.

    Returns:
        position inside the room and velocity of length `STEP`, each `[..., balls, 2]`.
    """
    shape = [*corners.shape[:-2], balls]
    u = tf.random.stateless_uniform([*shape, 2 * TRIES + 1], seed)
    low, high = np.transpose(START).astype(np.float32)
    tries = low + (high - low) * tf.reshape(u[..., 1:], [*shape, TRIES, 2])
    walls = _walls(corners)
    inside = tf.reduce_all(_beyond(tries, *(part[..., None, None, :, :] for part in walls)) < 0, axis=-1)
    middle = tf.reduce_mean(corners, axis=-2)[..., None, None, :]  # for the room too small to be hit, once in thousands
    tries = tf.concat([tries, tf.broadcast_to(middle, [*shape, 1, 2])], axis=-2)
    position = _first(tries, tf.concat([inside, tf.ones([*shape, 1], tf.bool)], axis=-1))
    angle = 2 * np.pi * u[..., 0]
    return position, STEP * tf.stack([tf.cos(angle), tf.sin(angle)], axis=-1)


def fly(corners: Points, position: Points, velocity: Points, steps: int) -> tf.Tensor:
    """Positions of balls at every step: straight flight, specular reflection at every wall, speed unchanged.

    Args:
        corners: convex rooms, counter-clockwise, `[..., K, 2]`.
        position: starts inside the rooms, `[..., balls, 2]`.
        velocity: flight per step, `[..., balls, 2]`.
        steps: positions to record, the start being the first.

    Returns:
        `[..., balls, steps, 2]`.
    """
    normal, offset = (tf.expand_dims(part, -3) for part in _walls(corners))  # [..., 1, K, 2], [..., 1, K, 1]
    speed_kept = tf.norm(velocity, axis=-1, keepdims=True)

    def bounce(number: tf.Tensor, position: tf.Tensor, velocity: tf.Tensor, left: tf.Tensor) -> tuple[tf.Tensor, ...]:
        speed = tf.reduce_sum(normal * velocity[..., None, :], axis=-1)  # towards each wall, [..., balls, K]
        room = tf.maximum(-_beyond(position, normal, offset), 0.0)
        until = tf.where(speed > 0, room / tf.maximum(speed, 1e-12), np.inf)
        wall = tf.argmin(until, axis=-1)
        first = tf.reduce_min(until, axis=-1)
        time = tf.minimum(first, left)
        position += time[..., None] * velocity
        hit = first < left
        towards = tf.gather(tf.broadcast_to(normal, tf.concat([tf.shape(speed), [2]], 0)), wall, batch_dims=speed.shape.rank - 1)
        across = tf.reduce_sum(towards * velocity, axis=-1, keepdims=True)
        velocity = tf.where(hit[..., None], velocity - 2 * across * towards, velocity)
        return number + 1, position, velocity, tf.where(hit, left - time, 0.0)

    def step(moment: tf.Tensor, path: tf.TensorArray, position: tf.Tensor, velocity: tf.Tensor) -> tuple[Any, ...]:
        state = (0, position, velocity, tf.ones(tf.shape(position)[:-1]))
        more = lambda number, position, velocity, left: (number < BOUNCES) & tf.reduce_any(left > 0)  # noqa: E731
        _, position, velocity, _ = tf.while_loop(more, bounce, state)
        beyond = tf.maximum(_beyond(position, normal, offset), 0.0)  # rounding may leave a ball a hair behind a wall
        position -= tf.reduce_sum(beyond[..., None] * normal, axis=-2)
        length = tf.norm(velocity, axis=-1, keepdims=True)  # nor may rounding change its speed over a long flight
        velocity *= speed_kept / tf.maximum(length, 1e-12)
        return moment + 1, path.write(moment, position), position, velocity

    path = tf.TensorArray(tf.float32, steps, element_shape=position.shape).write(0, position)
    _, path, _, _ = tf.while_loop(lambda moment, *_: moment < steps, step, (1, path, position, velocity))
    path = path.stack()  # [steps, ..., balls, 2]
    return tf.transpose(path, [*range(1, path.shape.rank - 1), 0, path.shape.rank - 1])


def simulate(corners: Any, position: Any, velocity: Any, steps: int) -> np.ndarray:
    """Fly one ball in a room of the caller's.

    Args:
        corners: corners of a convex room in order, `[K, 2]` with K of 3 or more.
        position: where the ball starts, `[2]`, inside the room.
        velocity: its flight per step, `[2]`.
        steps: positions to record, the start being the first.

    Returns:
        float32 `[steps, 2]`.

    Raises:
        ZooError: for fewer than three corners, a concave room, a start outside it, NaN or infinity, or no steps.
    """
    room = check_room(corners)
    start, flight = np.asarray(position, np.float32), np.asarray(velocity, np.float32)
    if start.shape != (2,) or flight.shape != (2,) or not np.isfinite([start, flight]).all():
        raise ZooError(f"position={position!r}, velocity={velocity!r}: each must be two finite numbers.")
    if steps < 1:
        raise ZooError(f"steps={steps}: ask for at least one position.")
    if beyond_walls(room, start[None])[0] > TOLERANCE:
        raise ZooError(f"position={start.tolist()} lies outside the room {room.tolist()}; start the ball inside it.")
    return fly(room[None], start[None, None], flight[None, None], steps).numpy()[0, 0]


def beyond_walls(room: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """How far positions `[T, 2]` lie outside a room `[K, 2]` from `check_room`, `[T]`; negative inside."""
    return _beyond(tf.constant(positions), *_walls(tf.constant(room))).numpy().max(axis=-1)


def check_room(corners: Any) -> np.ndarray:
    """Return the corners of a convex room counter-clockwise, float32 `[K, 2]`.

    Raises:
        ZooError: for fewer than three corners, another shape, NaN or infinity, or a room that is not convex.
    """
    room = np.asarray(corners, np.float32)
    if room.ndim != 2 or room.shape[1] != 2 or len(room) < 3:
        raise ZooError(f"a room of shape {list(room.shape)}: give three corners or more, [K, 2].")
    if not np.isfinite(room).all():
        raise ZooError(f"the room {room.tolist()} holds NaN or infinity; every corner is two finite numbers.")
    turns = _turns(tf.constant(room)).numpy()
    if (turns < 0).all():
        return room[::-1].copy()
    edges = np.roll(room, -1, 0) - room
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    turned = (np.roll(angles, -1) - angles + np.pi) % (2 * np.pi) - np.pi
    if not (turns > 0).all() or not np.isclose(turned.sum(), 2 * np.pi, atol=1e-3):
        raise ZooError(f"the room {room.tolist()} is not convex (or its corners are out of order); walk round a convex one.")
    return room


def _first(values: tf.Tensor, good: tf.Tensor) -> tf.Tensor:
    """The first of `values [..., tries, *rest]` that is `good [..., tries]`; the first one if none is."""
    index = tf.argmax(tf.cast(good, tf.int32), axis=-1)
    return tf.gather(values, index, batch_dims=index.shape.rank)


def _turns(corners: Points) -> tf.Tensor:
    """Cross product of every pair of edges that meet, `[..., K]`; all positive in a convex room walked counter-clockwise."""
    edge = tf.roll(corners, -1, axis=-2) - corners
    after = tf.roll(edge, -1, axis=-2)
    return edge[..., 0] * after[..., 1] - edge[..., 1] * after[..., 0]


def _walls(corners: Points) -> tuple[tf.Tensor, tf.Tensor]:
    """Outward unit normals `[..., K, 2]` of the walls, and offsets `[..., K, 1]`: inside, normal · p < offset."""
    edge = tf.roll(corners, -1, axis=-2) - corners
    normal = tf.stack([edge[..., 1], -edge[..., 0]], axis=-1)
    normal /= tf.norm(normal, axis=-1, keepdims=True)
    return normal, tf.reduce_sum(normal * corners, axis=-1, keepdims=True)


def _beyond(position: Points, normal: tf.Tensor, offset: tf.Tensor) -> tf.Tensor:
    """How far positions `[..., 2]` lie behind each wall, `[..., K]`; negative inside."""
    return tf.reduce_sum(normal * position[..., None, :], axis=-1) - offset[..., 0]
