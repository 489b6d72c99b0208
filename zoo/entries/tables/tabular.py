"""Any small table with classes, of numbers, words and gaps; trained on synthetic tables only.

The model's papers are in its own file, and how it does on real tables is in `docs/tabular.md`. One run, nothing else was tried.
    zoo train tabular
"""

from zoo.datasets.tables.synthetic import SyntheticTables
from zoo.hub.entry import Entry, Recipe
from zoo.models.tabular import Tabular, TabularConfig

ENTRY = Entry(
    learner=Tabular,
    config=TabularConfig(),
    benchmark=SyntheticTables(),
    recipe=Recipe(
        steps=24_000,
        tasks_per_step=50,
        learning_rate=2e-3,
        warmup=1_000,
        clip_norm=1.0,
        average=0.999,
        steps_per_execution=10,
        jit=False,
        epochs=48,
    ),
)
