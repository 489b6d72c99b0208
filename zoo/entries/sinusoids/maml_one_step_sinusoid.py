"""MAML on fresh sinusoids by one gradient step: what a learned input and two heads are compared with.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017. As `maml_sinusoid`, but
for one inner step, in training as in adapting, and half as many steps of training.
    zoo train maml_one_step_sinusoid
"""

import dataclasses

from zoo.datasets import FreshSinusoids
from zoo.entries.sinusoids.maml_sinusoid import ENTRY as FIVE_STEPS
from zoo.hub.entry import Entry
from zoo.models.maml import MAML, MAMLConfig

ENTRY = Entry(
    learner=MAML,
    config=MAMLConfig(inner_steps=1),
    benchmark=FreshSinusoids(),
    recipe=dataclasses.replace(FIVE_STEPS.recipe, steps=20_000, epochs=20),
)
