"""Zero-shot prototypical network: classes never seen, described by 32 attributes each.

The paper's 54.6 % (50-way) are of birds, whose pictures may not be passed on; this entry is evaluated on a synthetic world, see
`DescribedClasses`, beside least squares on the same data (see its card).

J. Snell, K. Swersky, R. Zemel, "Prototypical networks for few-shot learning", 2017, section 2.6. Departures: examples pass a
hidden layer before they are embedded, embeddings have 64 numbers, and the average of the weights over the last steps is shipped.
    zoo train zeroshot_attributes
"""

from zoo.datasets import DescribedClasses
from zoo.hub.entry import Entry, Recipe
from zoo.models.zero_shot import ZeroShotConfig, ZeroShotPrototypes

ENTRY = Entry(
    learner=ZeroShotPrototypes,
    config=ZeroShotConfig(attributes=32, features=64, hidden=(256,), width=64),
    benchmark=DescribedClasses(training_splits=("train", "validation")),
    recipe=Recipe(
        steps=1_000,
        tasks_per_step=1,
        learning_rate=1e-3,
        loss="cross_entropy",
        average=0.99,
        steps_per_execution=20,
        epochs=10,
    ),
)
