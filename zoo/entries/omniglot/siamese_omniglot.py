"""Siamese network on Omniglot: are two drawings of one character? Evaluated within each of 20 new alphabets.

Published error rate 8.0 % at 20-way one-shot within an alphabet; ours is on its card.

G. Koch, R. Zemel, R. Salakhutdinov, "Siamese neural networks for one-shot image recognition", 2015, with its weighted L1 head on
sigmoid embeddings. Departures: today's 30 background and 20 evaluation alphabets, where the paper had 40 and 10, so the trials
differ; pictures of 56 x 56 and 1,024 numbers of an embedding, normalised before their sigmoids; the encoder is not learned from
nothing, but starts as that of `protonet_omniglot_lake`, which saw the same alphabets, at a slow rate; training compares all pairs
of a support of 60 classes, 40 of them from two alphabets, and beside the paper's loss of pairs each example is to be found among
the classes; Muon on kernels; the average of the weights over the last steps is shipped; an embedding is the mean over five small
shifts of a picture. It learns from training and validation alphabets, each character also mirrored and bent.
    zoo train siamese_omniglot
"""

from zoo.entries.omniglot._shared import DEEP_ENCODER, recipe, within_alphabets
from zoo.hub.entry import Entry, Published
from zoo.models.siamese import SiameseConfig, SiameseNetwork

ENTRY = Entry(
    learner=SiameseNetwork,
    config=SiameseConfig(
        **DEEP_ENCODER,
        views=2,
        embedding=1_024,
        pairs=0.3,
        rivals=1.0,
    ),
    benchmark=within_alphabets(shots=2, queries=3),
    recipe=recipe(5_000, "mixed_bfloat16", learning_rate=5e-4),
    starts_from="protonet_omniglot_lake",
    published=(Published({"ways": 20, "shots": 1, "steps": 0}, 0.08, "table 2"),),
)
