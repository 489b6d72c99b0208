"""SimpleShot on the features of `pretrained_omniglot`: class means of centred features of length 1.

Y. Wang, W.-L. Chao, K. Q. Weinberger, L. van der Maaten, "SimpleShot: revisiting nearest-neighbor classification for few-shot
learning", 2019, its best transformation, CL2N; it publishes no figure for Omniglot. The weights are those of the other entry.
    zoo train pretrained_omniglot
"""

from zoo.entries.omniglot.pretrained_omniglot import ENTRY as TRAINED
from zoo.hub.entry import Entry
from zoo.models.simple_shot import SimpleShot, SimpleShotConfig

ENTRY = Entry(
    learner=SimpleShot,
    config=SimpleShotConfig(filters=TRAINED.config.filters, shrink=TRAINED.config.shrink, transform="CL2N"),
    benchmark=TRAINED.benchmark,
    recipe=TRAINED.recipe,
    weights_of="pretrained_omniglot",
)
