"""Episodes as `tf.data`. They know no layer and no model."""

from zoo.datasets.ball_world import simulate
from zoo.datasets.bouncing_ball import BouncingBall, windows
from zoo.datasets.episodes import Episodes, Questions, Tasks
from zoo.datasets.sinusoid import FixedSinusoids, FreshSinusoids
from zoo.datasets.video import BallVideo

__all__ = [
    "BallVideo",
    "BouncingBall",
    "Episodes",
    "FixedSinusoids",
    "FreshSinusoids",
    "Questions",
    "Tasks",
    "simulate",
    "windows",
]
