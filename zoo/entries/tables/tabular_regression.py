"""Any small table with a number to predict, of numbers, words and gaps; trained on synthetic tables only."""

from zoo.datasets.tables.synthetic import SyntheticTables
from zoo.hub.entry import Entry, Recipe
from zoo.models.tabular import Tabular, TabularConfig

ENTRY = Entry(
    learner=Tabular,
    config=TabularConfig(regression=True),
    benchmark=SyntheticTables(regression=True),
    recipe=Recipe(
        steps=10_000,
        tasks_per_step=50,
        learning_rate=2e-3,
        warmup=500,
        clip_norm=1.0,
        average=0.999,
        steps_per_execution=10,
        jit=False,
        epochs=20,
    ),
)
