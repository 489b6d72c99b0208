"""SNAIL in unknown worlds of ten states, for ten episodes: it finds out where actions lead and what they gain.

N. Mishra, M. Rohaninejad, X. Chen, P. Abbeel, "A simple neural attentive meta-learner", 2018, section 5.2. Departures, so that
minutes of one core are enough: a convolution that sees two steps in place of two blocks that see all, a layer of 64 units above
the attention, values from the same network; rewards are shown in the column of their action; proximal policy optimisation in
place of a trust region, a discount of 0.95 in training, as an episode is ten steps long, and 22 million steps of it.
    zoo train snail_mdp
"""

from zoo.datasets import TabularMDPs
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.snail_policy import SnailPolicy, SnailPolicyConfig

ENTRY = Entry(
    learner=SnailPolicy,
    config=SnailPolicyConfig(states=10, blocks=1, reach=2, hidden=64, value_filters=0, discount=0.95, entropy=0.02, passes=3),
    benchmark=TabularMDPs(),
    recipe=Recipe(
        steps=5_184,
        tasks_per_step=128,
        learning_rate=3e-3,
        schedule="linear",
        clip_norm=0.5,
        loss=None,
        steps_per_execution=12,
        jit=False,
        epochs=24,
    ),
    published=(Published({"episodes": 10}, 0.766, "section 5.2"),),
)
