"""Reptile on sine waves: weights from which plain descent fits a wave, learned without second derivatives.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, section 4, with the authors' demonstration:
two hidden layers of 64 tanh units, five steps on batches of 10 of the 50 points of a wave in training, 32 steps in evaluation.
Departures: phases from 0 to pi and points anywhere, as for every learner of waves here; ten waves in each step of training.
    zoo train reptile_sinusoid
"""

from zoo.datasets import FreshSinusoids
from zoo.hub.entry import Entry, Recipe
from zoo.models.reptile import Reptile, ReptileConfig

ENTRY = Entry(
    learner=Reptile,
    config=ReptileConfig(),
    benchmark=FreshSinusoids(sizes=(0.0,) * 49 + (1.0,)),
    recipe=Recipe(
        steps=40_000, tasks_per_step=10, learning_rate=0.5, optimizer="sgd", schedule="linear", steps_per_execution=100
    ),
)
