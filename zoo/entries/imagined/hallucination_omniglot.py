"""Prototypes of real and imagined drawings: a generator imagines four further ones of every character.

Y.-X. Wang, R. Girshick, M. Hebert, B. Hariharan, "Low-shot learning from imaginary data", 2018, "PN w/ G", whose pictures cannot
be had here. Departures: characters in place of ImageNet; those of `hallucination`; features of a frozen encoder that was trained
by gradient steps; one learning rate for generator and classifier.
    zoo train hallucination_omniglot
"""

from zoo.entries.imagined._shared import imagining

ENTRY = imagining("prototypes", "noise")
