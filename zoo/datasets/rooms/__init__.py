"""A ball that flies in a room: positions, and video."""

from zoo.datasets.rooms.ball_world import simulate
from zoo.datasets.rooms.bouncing_ball import BouncingBall, windows
from zoo.datasets.rooms.video import BallVideo

__all__ = ["BallVideo", "BouncingBall", "simulate", "windows"]
