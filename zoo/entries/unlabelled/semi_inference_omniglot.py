"""Soft k-means on the weights of `semi_none_omniglot`: no training ever showed it a drawing without a label.

M. Ren et al., "Meta-learning for semi-supervised few-shot classification", 2018, where it is called "semi-supervised inference".
The weights are those of the other entry.
    zoo train semi_none_omniglot
"""

from zoo.entries.omniglot._shared import ENCODER
from zoo.entries.unlabelled._shared import REFERENCE, published
from zoo.entries.unlabelled.semi_none_omniglot import ENTRY as TRAINED
from zoo.hub.entry import Entry
from zoo.models.semi_supervised import SemiSupervisedConfig, SemiSupervisedPrototypicalNetwork

ENTRY = Entry(
    learner=SemiSupervisedPrototypicalNetwork,
    config=SemiSupervisedConfig(**ENCODER, refinement="soft"),
    benchmark=TRAINED.benchmark,
    recipe=TRAINED.recipe,
    published=published(97.45, 95.08),
    weights_of=REFERENCE,
)
