"""MAML on Omniglot, second order: one gradient step makes a classifier, of any number of classes.

C. Finn, P. Abbeel, S. Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.2. Departures:
32 filters in place of 64, all places of the last maps in place of their mean, and one column that all classes start from, so that
one set of weights serves all four conditions; 20-way episodes of one shot in training, one inner step, at half the paper's rate;
queries by the moments of the support. The paper's figures are of queries that are normalised together, after three steps (5-way)
or five (20-way): compare them with `zoo evaluate maml_omniglot --transductive`. With one column for all classes, the first step
moves the last layer only: what the classes ask of the layers below adds up to nothing.
    zoo train maml_omniglot
"""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot._shared import published
from zoo.hub.entry import Entry, Recipe
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig

ENTRY = Entry(
    learner=PictureMAML,
    config=PictureMAMLConfig(filters=(32, 32, 32, 32), finish="flatten", inner_rate=0.2, training_steps=1, inner_steps=1),
    benchmark=NWay(Omniglot(), ways=20, shots=1, queries=1, rotations=True),
    recipe=Recipe(steps=12_000, tasks_per_step=8, learning_rate=1e-3, loss="cross_entropy", steps_per_execution=25, epochs=48),
    published=published((98.7, 99.9, 95.8, 98.9), "C. Finn et al. (2017), table 1", steps=1, transductive=True),
)
