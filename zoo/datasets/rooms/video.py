"""The bouncing ball on video: a task is a room, its examples are 39 x 39 frames, and the label is the next frame.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, section 4.3. World and windows are those of
`zoo.datasets.rooms.bouncing_ball`. A pixel (i, j) is lit, 1 and not 0, where its squared distance from (floor x + 0.5,
floor y + 0.5), x and y in pixels, is at most 8: a disc of 24 pixels that jumps from pixel to pixel, so that frames show no
position finer than a pixel.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from zoo.datasets.benchmark import Benchmark, Condition, Tasks, numbered
from zoo.datasets.rooms.ball_world import PIXEL, STEP
from zoo.datasets.rooms.bouncing_ball import BLOCK, HISTORY, HORIZON, WINDOWS, BouncingBall
from zoo.utils.errors import ZooError

SIZE = 39  # pixels of a side
SQUARED_RADIUS = 8
LIT = 0.5  # a pixel brighter than this counts
NOTHING = 1e-8  # added to both sides of a centre of mass, so that an empty frame has one: (1, 1) in pixels

_TRAINING = (8 << 40, 9 << 40, 10 << 40)  # beyond the words of `bouncing_ball`
_WORLD = BouncingBall()


def render(positions: np.ndarray | tf.Tensor) -> tf.Tensor:
    """Draw one frame for each position: `[..., 2]`, 1 = 40 pixels, `-> [..., 39, 39]`, 0 or 1; the first axis is x."""
    centre = tf.floor(tf.cast(positions, tf.float32) / PIXEL) + 0.5
    pixel = tf.range(SIZE, dtype=tf.float32)
    across, down = tf.square(pixel - centre[..., :1]), tf.square(pixel - centre[..., 1:])  # [..., 39] each
    return tf.cast(across[..., :, None] + down[..., None, :] <= SQUARED_RADIUS, tf.float32)


def centre_of_mass(frames: np.ndarray) -> np.ndarray:
    """Centre of the lit pixels of frames `[..., 39 * 39]`, 1 = 40 pixels, float32 `[..., 2]`; (0.025, 0.025) of an empty one."""
    lit = np.asarray(frames > LIT, np.float32)
    pixel = np.arange(SIZE, dtype=np.float32)
    places = np.stack(np.meshgrid(pixel, pixel, indexing="ij"), axis=-1).reshape(-1, 2)
    return PIXEL * (lit @ places + NOTHING) / (lit.sum(axis=-1, keepdims=True) + NOTHING)


@dataclass(frozen=True)
class BallVideo(Benchmark):
    """Benchmark of rooms, new ones at every step; an example is a window of three frames, its label the frame after them.

    Training episodes also hold `future [B, M, 5, 39, 39]`, the five frames after each query, for losses only: no prediction may
    read it, and evaluation does not have it.

    Attributes:
        support: support windows of a task in training.
        queries: query windows of a task in training.
    """

    support: int = WINDOWS
    queries: int = WINDOWS

    metric = "mean distance between the centres of mass of predicted and true frame (1 = 40 pixels) after flying so far"
    horizon = HORIZON
    test_tasks = 100
    input_range = (0.0, 1.0)
    knows = "the next frame of a film of one ball that bounces in a room of four walls, from the last three"

    def __post_init__(self) -> None:
        if not (1 <= self.support <= WINDOWS and 1 <= self.queries <= WINDOWS):
            raise ZooError(f"BallVideo(support={self.support}, queries={self.queries}): give 1 to {WINDOWS} windows each.")

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes; positions are drawn many steps at once, frames step by step, as they are large."""

        def make(block: tf.Tensor) -> tuple[tf.Tensor, ...]:
            words = (_TRAINING[0] + seed, _TRAINING[1] + seed, _TRAINING[2] + seed)
            x, y = _WORLD.sample(BLOCK * tasks_per_step, "window", words, block)
            seen = tf.concat([_positions(x), y], axis=2)  # [BLOCK * B, 200, 8, 2]
            parts = seen[:, : self.support], seen[:, WINDOWS : WINDOWS + self.queries]
            return tuple(tf.reshape(part, [BLOCK, tasks_per_step, *part.shape[1:]]) for part in parts)

        def draw(support: tf.Tensor, query: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
            support_y, future = render(support[:, :, HISTORY]), render(query[:, :, HISTORY:])
            inputs = {
                "support_x": render(support[:, :, :HISTORY]),
                "support_y": tf.reshape(support_y, [tasks_per_step, self.support, SIZE**2]),
                "support_size": tf.fill([tasks_per_step], self.support),
                "query_x": render(query[:, :, :HISTORY]),
                "future": future,
            }
            return inputs, tf.reshape(future[:, :, 0], [tasks_per_step, self.queries, SIZE**2])

        return numbered(make, BLOCK, start).map(draw, num_parallel_calls=1, deterministic=True).prefetch(2)

    def conditions(self) -> list[Condition]:
        """The published split first, then the stricter one."""
        return [{"support": WINDOWS, "split": split} for split in ("window", "trajectory")]

    def draw(self, tasks: int, seed: int, support: int = WINDOWS, split: str = "window") -> Tasks:
        """Rooms for evaluation; labels of the query are the next five frames, `[B, M, 5, 1521]`.

        Args:
            tasks: rooms.
            seed: of the rooms; never ones that any stream gives.
            support: support windows.
            split: as for `BouncingBall.draw`.
        """
        drawn = _WORLD.draw(tasks, seed, support, split)
        support_y = np.reshape(render(drawn.support_y), [tasks, support, SIZE**2])
        query_y = np.reshape(render(drawn.query_y), [tasks, WINDOWS, HORIZON, SIZE**2])
        support_x, query_x = (render(_positions(x)).numpy() for x in (drawn.support_x, drawn.query_x))
        return Tasks(support_x, support_y, drawn.support_size, query_x, query_y)

    def score(self, answers: np.ndarray, drawn: Tasks) -> list[tuple[Condition, np.ndarray]]:
        """Mean distance of every task after each step: answers `[B, M, 5, 1521]` -> `({"distance": 0.1}, [B])` and so on."""
        apart = np.linalg.norm(centre_of_mass(answers) - centre_of_mass(drawn.query_y), axis=-1)  # [B, M, 5]
        distance = apart.mean(axis=1, dtype=np.float64)
        return [({"distance": round(STEP * (1 + step), 1)}, distance[:, step]) for step in range(distance.shape[1])]


def _positions(x: np.ndarray | tf.Tensor) -> tf.Tensor:
    """Examples of `BouncingBall` as positions: `[B, N, 6] -> [B, N, 3, 2]`."""
    return tf.reshape(x, [*x.shape[:2], HISTORY, 2])
