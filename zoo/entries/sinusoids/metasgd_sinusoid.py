"""Meta-SGD on fresh sinusoids: MAML whose every weight has a learned inner rate.

No figure is published in this setting; here 0.00142 after five steps (see its card).

Z. Li, F. Zhou, F. Chen, H. Li, "Meta-SGD: Learning to learn quickly for few-shot learning", 2017, in the setting of
`maml_sinusoid`. Departures: five inner steps instead of one, their gradient clipped, the rates start at 0.01 instead of at
random, the network is smooth, and Muon (K. Jordan et al., 2024) trains the matrices. Beside ours stand the published figures of
MAML with one fixed rate.
    zoo train metasgd_sinusoid
"""

from zoo.datasets import FreshSinusoids
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.maml import MAML, MAMLConfig

SOURCE = "T. Wu et al. (2018), figure 2a and text: MAML, one fixed rate, on 100 fixed tasks"

ENTRY = Entry(
    learner=MAML,
    config=MAMLConfig(activation="tanh", learned_rates=True),
    benchmark=FreshSinusoids(),
    recipe=Recipe(steps=40_000, tasks_per_step=25, learning_rate=1e-2, optimizer="muon", clip_norm=10.0, epochs=40),
    published=(
        Published({"support": 10, "noise": 0.0, "steps": 0, "on": "inner"}, 3.05, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 5}, 0.208, SOURCE),
    ),
)
