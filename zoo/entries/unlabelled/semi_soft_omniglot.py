"""Prototypes that unlabelled drawings refine by soft k-means: good where all of them are of the classes.

M. Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, "soft k-means". Departures: the
encoder begins with that of `semi_none_omniglot`, and has its distortions and optimiser; training episodes have 20 ways and up to
5 classes of distractors; one network is measured without distractors and with them, where the paper trained one for each.
    zoo train semi_soft_omniglot
"""

from zoo.entries.unlabelled._shared import refined

ENTRY = refined("soft", 300, (97.25, 95.01))
