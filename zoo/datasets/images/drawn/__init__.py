"""Kinds of pictures in colour that the zoo draws itself, with NumPy, from a seed."""

from zoo.datasets.images.drawn.kinds import KINDS, Kind, draw_class

__all__ = ["KINDS", "Kind", "draw_class"]
