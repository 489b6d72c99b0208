"""Prototypical network on a tenth of Omniglot's labels, with which learning without labels is compared.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, on the label split of M. Ren et al.,
"Meta-learning for semi-supervised few-shot classification", 2018, where it is called "supervised". Departures: the encoder,
distortions and optimiser of `matching_omniglot`, 60-way episodes of one shot and one query, each character also mirrored.
    zoo train semi_none_omniglot
"""

from zoo.entries.omniglot._shared import ENCODER, recipe
from zoo.entries.unlabelled._shared import SUPERVISED, published
from zoo.hub.entry import Entry
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

ENTRY = Entry(
    learner=PrototypicalNetwork,
    config=PrototypicalConfig(**ENCODER),
    benchmark=SUPERVISED,
    recipe=recipe(1_000, "mixed_bfloat16"),
    published=published(94.62, 94.62),
)
