"""One network trained on 100 sinusoids at once: what gradient steps reach without having learned to learn.

Published 3.07; here 3.15 (see its card).

The "pretrained" baseline of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, in the paper's protocol:
MeLA's task network, its 100 fixed tasks, one task per update on the task's query points, Huber loss, L1 penalty, constant
learning rate. What is shipped is a moving average of the weights.
    zoo train pretrained_sinusoid
"""

from zoo.datasets import FixedSinusoids
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

SOURCE = "figure 2a, read off the authors' stored figure"

ENTRY = Entry(
    learner=NoAdaptation,
    config=NoAdaptationConfig(l1=1e-6),
    benchmark=FixedSinusoids(tasks=100),
    recipe=Recipe(
        steps=200_000,
        tasks_per_step=1,
        learning_rate=5e-4,
        schedule="constant",
        loss="huber",
        average=0.9999,
        epochs=40,
    ),
    published=(
        Published({"support": 10, "noise": 0.0, "steps": 0}, 3.07, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 1, "on": "weights"}, 3.03, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 5, "on": "weights"}, 2.84, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 10, "on": "weights"}, 2.64, SOURCE),
    ),
)
