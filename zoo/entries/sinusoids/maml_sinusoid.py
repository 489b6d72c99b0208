"""MAML on fresh sinusoids, one fixed inner rate: the gradient-based learner that MeLA is compared with.

Published 3.05 before and 0.208 after five steps; here 3 and 0.0688 (see its card).

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, in MeLA's setting:
ten support and ten query points. Departures: fresh tasks at every step, five inner steps in training, their gradient clipped,
and Muon (K. Jordan et al., 2024) trains the matrices.
    zoo train maml_sinusoid
"""

from zoo.datasets import FreshSinusoids
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.maml import MAML, MAMLConfig

SOURCE = "T. Wu et al. (2018), figure 2a: MAML on 100 fixed tasks"

ENTRY = Entry(
    learner=MAML,
    config=MAMLConfig(),
    benchmark=FreshSinusoids(),
    recipe=Recipe(steps=40_000, tasks_per_step=25, learning_rate=1e-2, optimizer="muon", clip_norm=10.0, epochs=40),
    published=(
        Published({"support": 10, "noise": 0.0, "steps": 0, "on": "inner"}, 3.05, f"{SOURCE}, text"),
        Published({"support": 10, "noise": 0.0, "steps": 1, "on": "inner"}, 0.48, f"{SOURCE}, read off"),
        Published({"support": 10, "noise": 0.0, "steps": 5}, 0.208, f"{SOURCE}, text"),
        Published({"support": 10, "noise": 0.0, "steps": 10, "on": "inner"}, 0.16, f"{SOURCE}, read off"),
    ),
)
