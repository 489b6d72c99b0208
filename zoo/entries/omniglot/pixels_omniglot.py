"""Nearest neighbour on pixels: what no learning at all reaches on Omniglot.

Published error rates 58.3, 36.8, 73.3 and 57.4 % at 5-way 1-shot, 5-way 5-shot, 20-way 1-shot and 20-way 5-shot (see its card for
ours).

The "pixels" baseline of O. Vinyals et al., "Matching networks for one shot learning", 2016, table 1: the cosine of two pictures.
It has no weights, so there is nothing to train.
    zoo train pixels_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import published
from zoo.hub.entry import Entry, Recipe
from zoo.learners.pretrained_classifier import PretrainedConfig
from zoo.models.nearest_neighbour import NearestNeighbour

ENTRY = Entry(
    learner=NearestNeighbour,
    config=PretrainedConfig(filters=(), shrink=()),
    benchmark=NWay(Omniglot("vinyals"), rotations=True),
    recipe=Recipe(steps=0, tasks_per_step=1, learning_rate=0.0, schedule="constant", epochs=1),
    published=published((41.7, 63.2, 26.7, 42.6), "O. Vinyals et al. (2016), table 1"),
)
