"""Prototypical network on Omniglot: eight narrow blocks, and an auxiliary loss over support pairs.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017. Departures: eight blocks, of which four halve
the picture and drop nothing; 60-way episodes of 5 shots and 1 query, whose support also teaches by one shot in every pair of its
examples (`PrototypicalConfig.pairs`); each character also mirrored, and small affine and elastic distortions of every picture;
Muon on the kernels (K. Jordan et al., 2024), in mixed bfloat16; the average of the weights over the last steps is shipped; an
embedding is the mean over a picture and its four shifts by a pixel. It learns from training and validation characters; its recipe
was chosen on validation characters and alphabets, without training on them.
    zoo train protonet_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import BENT, NARROW_ENCODER, published, recipe
from zoo.hub.entry import Entry
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

ENTRY = Entry(
    learner=PrototypicalNetwork,
    config=PrototypicalConfig(
        **NARROW_ENCODER,
        pairs=1.0,
        views=1,
    ),
    benchmark=NWay(
        Omniglot("vinyals"),
        ways=60,
        shots=5,
        queries=1,
        rotations=True,
        mirrors=True,
        augment=BENT,
        training_splits=("train", "validation"),
    ),
    recipe=recipe(10_000, "mixed_bfloat16"),
    published=published((98.8, 99.7, 96.0, 98.9), "table 1"),
)
