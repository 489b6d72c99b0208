"""Matching network with full context embeddings on Omniglot: the support is read as a whole before it votes.

Published error rates 1.9, 1.1, 6.2 and 1.5 % at 5-way 1-shot, 5-way 5-shot, 20-way 1-shot and 20-way 5-shot, of the network with
or without full context, whichever is better: the paper saw no gain on Omniglot. Ours are on its card.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016. Departures:
those of `matching_omniglot`; a linear layer makes 128 numbers of the encoder's 512; the support is read in an order of its own
(`canonical_order`), not in a random one; episodes of 5 to 60 ways and 1 to 5 shots, because what a support looks like as a whole
depends on both. It is trained whole, from random weights.
    zoo train matching_fce_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import DISTORTIONS, ENCODER, published, recipe
from zoo.hub.entry import Entry
from zoo.models.matching_fce import FullContextConfig, FullContextMatchingNetwork

ENTRY = Entry(
    learner=FullContextMatchingNetwork,
    config=FullContextConfig(
        **ENCODER,
        views=1,
        width=128,
        steps=3,
        kernel="squared_euclidean",
        pairs=1.0,
    ),
    benchmark=NWay(
        Omniglot("vinyals"),
        ways=(5, 60),
        shots=(1, 5),
        queries=3,
        rotations=True,
        augment=DISTORTIONS,
        training_splits=("train", "validation"),
    ),
    recipe=recipe(1_200),
    published=published((98.1, 98.9, 93.8, 98.5), "table 1"),
)
