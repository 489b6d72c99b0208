"""Prototypical network of Lake's protocol: trained on 30 alphabets, evaluated within each of the 20 others.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017; the protocol is that of B. Lake,
R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015, where people err on
4.5 %. B. Lake, R. Salakhutdinov, J. Tenenbaum, "The Omniglot challenge: a 3-year progress report", 2019, gives 13.7 % for a
prototypical network. Beside what `protonet_omniglot` does, 40 of the 60 characters of a training episode come from two alphabets:
characters of one alphabet are what is hard to tell apart. What tells them apart is small, so pictures have 56 pixels a side, and
the eight blocks that look at them are wider.
    zoo train protonet_omniglot_lake
"""

from zoo.entries.omniglot._shared import DEEP_ENCODER, recipe, within_alphabets
from zoo.hub.entry import Entry, Published
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

ENTRY = Entry(
    learner=PrototypicalNetwork,
    config=PrototypicalConfig(
        **DEEP_ENCODER,
        pairs=1.0,
        views=2,
    ),
    benchmark=within_alphabets(shots=5),
    recipe=recipe(10_000, "mixed_bfloat16"),
    published=(Published({"ways": 20, "shots": 1, "steps": 0}, 0.137, "Lake et al., 2019"),),
)
