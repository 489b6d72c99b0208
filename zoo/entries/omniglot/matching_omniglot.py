"""Matching network on Omniglot: every example votes, and a nearer one counts more.

Published error rates 1.9, 1.1, 6.2 and 1.5 % at 5-way 1-shot, 5-way 5-shot, 20-way 1-shot and 20-way 5-shot; ours are on
its card.

O. Vinyals, C. Blundell, T. Lillicrap, K. Kavukcuoglu, D. Wierstra, "Matching networks for one shot learning", 2016, without full
context embeddings and without fine-tuning. Departures: the kernel is minus the squared distance, which can be sure of a class
where a cosine cannot (`benchmarks/kernels.py` compares them on validation characters); an encoder of four blocks, whose first
takes every second place so that the others can be wider for the same work; 60-way episodes of 5 shots and 1 query, whose support
also teaches by one shot in every pair of its examples (`MatchingConfig.pairs`); small affine distortions of every picture; Muon
on the kernels of the convolutions; the average of the weights over the last steps is shipped; an embedding is the mean over five
small shifts of a picture. It learns from training and validation characters.
    zoo train matching_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import DISTORTIONS, ENCODER, published, recipe
from zoo.hub.entry import Entry
from zoo.models.matching import MatchingConfig, MatchingNetwork

ENTRY = Entry(
    learner=MatchingNetwork,
    config=MatchingConfig(
        **ENCODER,
        views=1,
        kernel="squared_euclidean",
        pairs=1.0,
    ),
    benchmark=NWay(
        Omniglot("vinyals"),
        ways=60,
        shots=5,
        queries=1,
        rotations=True,
        augment=DISTORTIONS,
        training_splits=("train", "validation"),
    ),
    recipe=recipe(1_000),
    published=published((98.1, 98.9, 93.8, 98.5), "table 1"),
)
