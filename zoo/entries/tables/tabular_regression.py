"""Any small table with a number to predict, of numbers, words and gaps; trained on synthetic tables only.

The model's papers are in its own file, and how it does on real tables is in `docs/tabular.md`. What was tried is there too.
    zoo train tabular_regression
"""

from zoo.datasets.tables.synthetic import SyntheticTables
from zoo.hub.entry import Entry, Recipe
from zoo.models.tabular import Tabular, TabularConfig

ENTRY = Entry(
    learner=Tabular,
    config=TabularConfig(regression=True, width=48, reach=16.0),
    benchmark=SyntheticTables(regression=True, shapes=((20, 16), (40, 24), (60, 12), (120, 10), (200, 8))),
    recipe=Recipe(
        steps=12_000,
        tasks_per_step=40,
        learning_rate=2e-3,
        warmup=500,
        clip_norm=1.0,
        average=0.999,
        steps_per_execution=10,
        jit=False,
        epochs=24,
    ),
)
