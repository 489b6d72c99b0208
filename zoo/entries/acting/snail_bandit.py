"""SNAIL that plays bandits of five arms for a hundred pulls: it learns in each which arm pays best.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 5.1. Departures, so that
minutes of one core are enough: a convolution that sees two pulls in place of two blocks that see all, 16 filters in place of 32,
a layer of 64 units above the attention, values from the same network; rewards are shown in the column of their arm; proximal
policy optimisation in place of a trust region, a trace of 0.95, and 18 million pulls of training in place of up to 250 million.
    zoo train snail_bandit
"""

from zoo.datasets import Bandits
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.snail_policy import SnailPolicy, SnailPolicyConfig

ENTRY = Entry(
    learner=SnailPolicy,
    config=SnailPolicyConfig(
        width=16, blocks=1, reach=2, filters=16, hidden=64, value_filters=0, trace=0.95, entropy=0.02, passes=3
    ),
    benchmark=Bandits(),
    recipe=Recipe(
        steps=4_320,
        tasks_per_step=128,
        learning_rate=3e-3,
        schedule="linear",
        clip_norm=0.5,
        loss=None,
        steps_per_execution=12,
        jit=False,
        epochs=20,
    ),
    published=(Published({"arms": 5, "pulls": 100}, 79.1, "section 5.1"),),
)
