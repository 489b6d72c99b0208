"""Worlds to act in: many trials at once, each in a world of its own that is unknown when the trial begins."""

from zoo.datasets.acting.bandits import Bandits
from zoo.datasets.acting.tabular_mdps import TabularMDPs

__all__ = ["Bandits", "TabularMDPs"]
