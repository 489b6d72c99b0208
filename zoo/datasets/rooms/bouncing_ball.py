"""The bouncing ball: a task is a room, its examples are windows of a ball's path, and the label is the next position.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.2. An example is three past positions, oldest
first, its label the position after them. Two balls fly 200 steps in each room. Departures, as the authors' code loses or
distorts some episodes: every room is convex, every start lies inside, and every step is exactly 0.1 long.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks, episode, numbered
from zoo.datasets.rooms.ball_world import STEP, TOLERANCE, beyond_walls, check_room, draw_rooms, draw_starts, fly
from zoo.utils.errors import ZooError

HISTORY, HORIZON = 3, 5  # positions in an example; positions predicted one after the other in evaluation
BALLS, LENGTH = 2, 200
WINDOWS = 100  # support windows, and query windows, of a task as published
SPAN = HISTORY + 10  # a window leaves ten positions after it, as in the paper
BLOCK = 50  # steps drawn at once

_TRAINING, _STARTS, _SAMPLING, _SIZES, _FIXED, _EVALUATION = (word << 40 for word in range(6))


def windows(path: Any, corners: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Cut a recorded path into examples and labels.

    Args:
        path: positions one step apart, `[T, 2]`, with T of 4 or more.
        corners: of the room, `[K, 2]`, if the path is to be checked against it. Without them any path will do: a learner does not
            know where the walls are, and its predictions may leave a room.

    Returns:
        x, three past positions one after the other, `[T - 3, 6]`, and y, the next position, `[T - 3, 2]`; float32.

    Raises:
        ZooError: for another shape, too few positions, NaN or infinity, or a path that leaves the room.
    """
    positions = np.asarray(path, np.float32)
    if positions.ndim != 2 or positions.shape[1] != 2 or len(positions) <= HISTORY:
        raise ZooError(f"a path of shape {list(positions.shape)}: give {HISTORY + 1} positions or more, [T, 2].")
    if not np.isfinite(positions).all():
        raise ZooError("the path holds NaN or infinity; cut it there into paths of their own.")
    if corners is not None:
        leaves = beyond_walls(check_room(corners), positions) > TOLERANCE
        if leaves.any():
            first = int(np.argmax(leaves))
            raise ZooError(f"the path leaves the room at position {first}, {positions[first].tolist()}; cut it there.")
    x = np.concatenate([positions[start : len(positions) - HISTORY + start] for start in range(HISTORY)], axis=1)
    return x, positions[HISTORY:]


@dataclass(frozen=True)
class BouncingBall(Benchmark):
    """Benchmark of rooms, each shown by windows of two paths.

    Attributes:
        rooms: 0 for new rooms at every step; else the length of a fixed list of rooms, each with the same support and query
            windows for ever, as published.
        sizes: numbers of support windows, one of which is drawn for each task in training.
        oracle: whether every example ends with the room's four corners, `[.., 6 + 8]`, for a learner that is given the room.
    """

    rooms: int = 0
    sizes: tuple[int, ...] = (WINDOWS,)
    oracle: bool = False

    metric = "mean Euclidean distance between predicted and true position (1 = 40 pixels) after flying so far"
    horizon = HORIZON
    input_range = label_range = (0.0, 1.0)
    knows = "the next position of a ball that flies and bounces in a room of four walls, from its last three, all from 0 to 1"

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; the label is the next position only.

        Raises:
            ZooError: if `tasks_per_step` does not divide the length of a fixed list.
        """
        return self._fixed(tasks_per_step, seed, start) if self.rooms else self._fresh(tasks_per_step, seed, start)

    def _fresh(self, tasks_per_step: int, seed: int, start: int) -> tf.data.Dataset:
        count = BLOCK * tasks_per_step
        sizes = tf.constant(self.sizes)

        def make(block: tf.Tensor) -> tuple[Any, ...]:
            parts = self.sample(count, "window", (_TRAINING + seed, _STARTS + seed, _SAMPLING + seed), block)
            pick = tf.random.stateless_uniform([count], tf.stack([_SIZES + seed, block]), 0, len(self.sizes), tf.int32)
            parts = _one_step(*parts, size=tf.gather(sizes, pick))
            return episode(*(tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in parts))

        return numbered(make, BLOCK, start)

    def _fixed(self, tasks_per_step: int, seed: int, start: int) -> tf.data.Dataset:
        if self.rooms % tasks_per_step:
            raise ZooError(f"tasks_per_step={tasks_per_step} must divide the {self.rooms} rooms of the list.")
        words = (_FIXED + seed, _FIXED + (1 << 32) + seed, _FIXED + (2 << 32) + seed)
        parts = _one_step(*self.sample(self.rooms, "window", words, 0), size=tf.fill([self.rooms], WINDOWS))
        passes = self.rooms // tasks_per_step

        def make(number: tf.Tensor) -> tuple[Any, ...]:
            order = tf.random.experimental.stateless_shuffle(tf.range(self.rooms), tf.stack([_SAMPLING + seed, number]))
            shape = [passes, tasks_per_step]
            return episode(*(tf.reshape(tf.gather(part, order), [*shape, *part.shape[1:]]) for part in parts))

        return numbered(make, passes, start)

    def conditions(self) -> list[Condition]:
        """The published split first, then the stricter one, then smaller supports."""
        smaller = sorted({size for size in self.sizes if size < WINDOWS}, reverse=True)
        return [
            {"support": WINDOWS, "split": "window"},
            {"support": WINDOWS, "split": "trajectory"},
            *({"support": size, "split": "trajectory"} for size in smaller),
        ]

    def draw(self, tasks: int, seed: int, support: int = WINDOWS, split: str = "window") -> Tasks:
        """Rooms for evaluation; labels of the query are the next five positions, `[B, M, 5, 2]`.

        Args:
            tasks: rooms.
            seed: of the rooms; never ones that any stream gives.
            support: support windows.
            split: "window" samples the windows of both paths at random, as published; "trajectory" takes support and query from
                different paths, so that they share no position.
        """
        words = (_EVALUATION + seed, _EVALUATION + (1 << 32) + seed, _EVALUATION + (2 << 32) + seed)
        x, y = self.sample(tasks, split, words, 0)
        size = np.full([tasks], support, np.int32)
        x, y = x.numpy(), y.numpy()
        return Tasks(x[:, :support], y[:, :support, 0], size, x[:, WINDOWS:], y[:, WINDOWS:])

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Mean distance of every task after each step: answers `[B, M, 5, 2]` -> `({"distance": 0.1}, [B])` and so on."""
        distance = np.linalg.norm(answers - drawn.query_y, axis=-1).mean(axis=1, dtype=np.float64)  # [B, 5]
        return [({"distance": round(STEP * (1 + step), 1)}, distance[:, step]) for step in range(distance.shape[1])]

    def sample(self, count: int, split: str, words: tuple[int, int, int], number: int | tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Windows of new rooms, support first: x `[count, 200, 6 or 14]`, y `[count, 200, 5, 2]`.

        Args:
            count: rooms.
            split: as for `draw`.
            words, number: three seeds, for rooms, starts and the sampling of windows, and the second half of each.
        """
        rooms, starts, sampling = (tf.stack([tf.constant(word, tf.int64), tf.cast(number, tf.int64)]) for word in words)
        corners = draw_rooms([count], rooms)
        path = fly(corners, *draw_starts(corners, BALLS, starts), LENGTH)  # [count, BALLS, LENGTH, 2]
        per_ball = LENGTH - SPAN + 1
        u = tf.random.stateless_uniform([count, BALLS * per_ball], sampling)
        if split == "trajectory":  # the support's path comes first in the order, the query's second
            order = tf.argsort(tf.reshape(u, [count, BALLS, per_ball]), axis=-1)[..., :WINDOWS]
            order = tf.reshape(order + tf.constant([[0], [per_ball]]), [count, -1])
        else:
            order = tf.argsort(u, axis=-1)[:, : 2 * WINDOWS]  # [count, 200]
        first = order // per_ball * LENGTH + order % per_ball  # of a window, in both paths one after the other
        moments = first[..., None] + tf.range(HISTORY + HORIZON)
        seen = tf.gather(tf.reshape(path, [count, BALLS * LENGTH, 2]), moments, batch_dims=1)  # [count, 200, 8, 2]
        x = tf.reshape(seen[:, :, :HISTORY], [count, 2 * WINDOWS, 2 * HISTORY])
        if self.oracle:
            given = tf.reshape(corners, [count, 1, 8])
            x = tf.concat([x, tf.repeat(given, 2 * WINDOWS, axis=1)], axis=-1)
        return x, seen[:, :, HISTORY:]


def _one_step(x: tf.Tensor, y: tf.Tensor, size: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Parts of an episode whose labels are the next position."""
    return x[:, :WINDOWS], y[:, :WINDOWS, 0], size, x[:, WINDOWS:], y[:, WINDOWS:, 0]
