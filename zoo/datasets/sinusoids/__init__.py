"""Sinusoid regression: new waves at every step, or a fixed list of them."""

from zoo.datasets.sinusoids.fixed import FixedSinusoids
from zoo.datasets.sinusoids.fresh import FreshSinusoids

__all__ = ["FixedSinusoids", "FreshSinusoids"]
