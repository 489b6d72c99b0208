"""A linear classifier on the features of `pretrained_omniglot`, fine-tuned in a hundred gradient steps.

The baseline classifier with softmax of O. Vinyals et al., "Matching networks for one shot learning", 2016, fine-tuned on each
support: 86.0, 97.6, 72.9 and 92.3 %. Here the encoder stays as it is, as in the "Baseline" of W.-Y. Chen et al., "A closer look
at few-shot classification", 2019, which reached 94.9 and 99.1 % at 5-way 1-shot and 5-way 5-shot. Departures: accelerated steps
over the whole support, of the largest size that is safe; at a fixed rate, with momentum, rounding grew until exports
differed from the live model. The weights are those of the other entry.
    zoo train pretrained_omniglot
"""

from zoo.entries.omniglot._shared import published
from zoo.entries.omniglot.pretrained_omniglot import ENTRY as TRAINED
from zoo.hub.entry import Entry
from zoo.models.linear_head import LinearHead, LinearHeadConfig

ENTRY = Entry(
    learner=LinearHead,
    config=LinearHeadConfig(filters=TRAINED.config.filters, shrink=TRAINED.config.shrink, steps=100),
    benchmark=TRAINED.benchmark,
    recipe=TRAINED.recipe,
    published=published((86.0, 97.6, 72.9, 92.3), "Vinyals et al., 2016, table 1", steps=100),
    weights_of="pretrained_omniglot",
)
