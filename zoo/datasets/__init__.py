"""Episodes as `tf.data`. They know no layer and no model."""

from zoo.datasets.episodes import Episodes, Questions, Tasks
from zoo.datasets.sinusoid import FixedSinusoids, FreshSinusoids

__all__ = ["Episodes", "FixedSinusoids", "FreshSinusoids", "Questions", "Tasks"]
