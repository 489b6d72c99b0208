"""SNAIL on Omniglot, 5 ways: the support is read as a sequence, and attention finds what the query looks like.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018: 99.07 and 99.78 % right at 5-way
1-shot and 5-shot. One model for both, as published: the shots of an episode are drawn from 1 to 5. Departures: those of `snail`;
a quarter of the filters of its convolutions, and half to a quarter of the keys and values of its attention, for 0.8 in place of
6.5 million weights; the encoder is that of `protonet_omniglot`, with its weights to begin with, and is trained on with all else;
fifteen queries of each support in one step; each character also mirrored, and small distortions of every picture; Adam with a
warm-up and a cosine schedule, in mixed bfloat16; the average of the weights over the last steps is shipped; an embedding is the
mean over a picture and its four shifts by a pixel. It learns from training and validation characters.
    zoo train snail_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import DISTORTIONS, NARROW_ENCODER, recipe
from zoo.hub.entry import Entry, Published
from zoo.models.snail import Snail, SnailConfig

ENTRY = Entry(
    learner=Snail,
    config=SnailConfig(**NARROW_ENCODER, views=1, ways=5, length=26, keys=(32, 64, 128), values=(32, 64, 64), convolutions=32),
    benchmark=NWay(
        Omniglot("vinyals"),
        ways=5,
        shots=(1, 5),
        even=True,
        queries=3,
        rotations=True,
        mirrors=True,
        augment=DISTORTIONS,
        training_splits=("train", "validation"),
        evaluation_conditions=((5, 1), (5, 5)),
    ),
    recipe=recipe(
        2_500, "mixed_bfloat16", tasks_per_step=8, optimizer="adam", learning_rate=1e-3, warmup=100, clip_norm=1.0, average=0.98
    ),
    published=(
        Published({"ways": 5, "shots": 1, "steps": 0}, 0.0093, "table 1"),
        Published({"ways": 5, "shots": 5, "steps": 0}, 0.0022, "table 1"),
    ),
    starts_from="protonet_omniglot",
)
