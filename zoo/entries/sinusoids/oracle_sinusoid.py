"""One network given amplitude and phase: what MeLA would reach if it knew every wave.

Published about 0.02; here 0.014 (see its card).

The "oracle" of T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, in the paper's protocol, as
`pretrained_sinusoid`. It sees (x, 0.025 A, 0.025 phi); the factor is a scale constant of the authors' code.
    zoo train oracle_sinusoid
"""

from zoo.datasets import FixedSinusoids
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

SOURCE = "figure 2a, read off the authors' stored figure"

ENTRY = Entry(
    learner=NoAdaptation,
    config=NoAdaptationConfig(inputs=3, l1=1e-6),
    benchmark=FixedSinusoids(tasks=100, oracle=True),
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
        Published({"support": 10, "noise": 0.0, "steps": 0}, 0.02, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 1, "on": "weights"}, 0.09, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 5, "on": "weights"}, 0.03, SOURCE),
        Published({"support": 10, "noise": 0.0, "steps": 10, "on": "weights"}, 0.03, SOURCE),
    ),
)
