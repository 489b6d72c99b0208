"""What entries that imagine examples share: the frozen encoder of `anil_omniglot`, of 64 numbers; episodes and recipe."""

from zoo.datasets import NWay, Omniglot
from zoo.entries.omniglot.anil_omniglot import ENTRY as ENCODER
from zoo.hub.entry import Entry, Recipe
from zoo.models.hallucination import Hallucination, HallucinationConfig

BENCHMARK = NWay(
    Omniglot(),
    ways=60,
    shots=(1, 5),
    queries=2,
    rotations=True,
    evaluation_conditions=((100, 1), (100, 2), (100, 5)),
    test_tasks=400,
)
RECIPE = Recipe(
    steps=1_000,
    tasks_per_step=4,
    learning_rate=1e-3,
    loss="cross_entropy",
    steps_per_execution=25,
    epochs=10,
    jit=False,
)


def imagining(base: str, generator: str) -> Entry:
    """An entry with a base and a generator, see `HallucinationConfig`."""
    encoder = ENCODER.config
    return Entry(
        learner=Hallucination,
        config=HallucinationConfig(filters=encoder.filters, shrink=encoder.shrink, base=base, generator=generator),
        benchmark=BENCHMARK,
        recipe=RECIPE,
        starts_from="anil_omniglot",
    )
