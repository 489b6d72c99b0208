"""Nearest neighbour on the features of an ordinary classifier of Omniglot's characters, without episodes.

The "Baseline-nearest-neighbor" of S. Ravi, H. Larochelle, "Optimization as a model for few-shot learning", 2017, which publishes
no figure for Omniglot. The encoder of `matching_omniglot` and a softmax over all training characters, each rotation a class of
its own, learned by cross-entropy; the softmax is thrown away. The other baselines use these weights.
    zoo train pretrained_omniglot
"""

from zoo.datasets import ClassBatches, NWay, Omniglot
from zoo.entries.omniglot._shared import DISTORTIONS, ENCODER, recipe
from zoo.hub.entry import Entry
from zoo.learners.pretrained_classifier import PretrainedConfig
from zoo.models.nearest_neighbour import NearestNeighbour

ENTRY = Entry(
    learner=NearestNeighbour,
    config=PretrainedConfig(**ENCODER),
    benchmark=ClassBatches(
        NWay(
            Omniglot("vinyals"),
            rotations=True,
            augment=DISTORTIONS,
        ),
        examples=256,
    ),
    recipe=recipe(2_000),
)
