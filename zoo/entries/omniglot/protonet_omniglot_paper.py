"""Prototypical network on Omniglot as published: Conv-4 with 64 filters, trained on 60-way one-shot episodes.

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017: 98.8, 99.7, 96.0 and 98.9 % at
5-way 1-shot, 5-way 5-shot, 20-way 1-shot and 20-way 5-shot; public re-runs of the authors' code reached 98.4, 99.6, 94.9 and
98.6. Departures: the convolutions have no bias; 2,000 steps of Muon on the kernels (K. Jordan et al., 2024) stand for tens of
thousands of Adam; the average of the weights over the last steps is shipped. As the authors' last run, it learns from training
and validation characters.
    zoo train protonet_omniglot_paper
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import published, recipe
from zoo.hub.entry import Entry
from zoo.models.prototypical import PrototypicalConfig, PrototypicalNetwork

ENTRY = Entry(
    learner=PrototypicalNetwork,
    config=PrototypicalConfig(),
    benchmark=NWay(Omniglot("vinyals"), ways=60, shots=1, queries=5, rotations=True, training_splits=("train", "validation")),
    recipe=recipe(2_000),
    published=published((98.8, 99.7, 96.0, 98.9), "table 1"),
)
