"""Logistic regression on the features of `pretrained_omniglot`, brought to length 1; solved in a hundred steps.

Y. Tian, Y. Wang, D. Krishnan, J. B. Tenenbaum, P. Isola, "Rethinking few-shot image classification: a good embedding is all you
need?", 2020, which publishes no figure for Omniglot: multinomial, C = 1. Departures: no distorted copies of the support, as no
other entry has them, and the bias is penalised too. The weights are those of the other entry.
    zoo train pretrained_omniglot
"""

from zoo.entries.omniglot.pretrained_omniglot import ENTRY as TRAINED
from zoo.hub.entry import Entry
from zoo.models.linear_head import LinearHead, LinearHeadConfig

ENTRY = Entry(
    learner=LinearHead,
    config=LinearHeadConfig(filters=TRAINED.config.filters, shrink=TRAINED.config.shrink, unit=True, steps=100, penalty=1.0),
    benchmark=TRAINED.benchmark,
    recipe=TRAINED.recipe,
    weights_of="pretrained_omniglot",
)
