"""Prototype matching with imagined drawings: a query reads the classes, each the mean of its drawings in their context.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, "PMN w/ G", whose pictures cannot
be had here. Departures: those of `hallucination_omniglot`.
    zoo train prototype_matching_omniglot
"""

from zoo.entries.imagined._shared import imagining

ENTRY = imagining("prototype_matching", "noise")
