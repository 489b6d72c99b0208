"""What entries with unlabelled drawings share: encoder, benchmark, recipe, and the paper's accuracies as error rates."""

import dataclasses
from typing import Any

from zoo.datasets import Omniglot, SemiSupervised
from zoo.datasets.episodes.semi_supervised import DISTRACTORS, SHOTS, UNLABELLED, WAYS
from zoo.entries.omniglot._shared import BENT, ENCODER, recipe
from zoo.hub.entry import Entry, Published, Recipe
from zoo.models.semi_supervised import SemiSupervisedConfig, SemiSupervisedPrototypicalNetwork

REFERENCE = "semi_none_omniglot"  # whose encoder the others begin with

SUPERVISED = SemiSupervised(
    Omniglot("vinyals"), ways=60, shots=1, queries=1, unlabelled=0, rotations=True, mirrors=True, augment=BENT
)
UNLABELLED_TOO = dataclasses.replace(SUPERVISED, ways=20, unlabelled=5, distractors=(0, 5))


def published(without: float, with_distractors: float) -> tuple[Published, ...]:
    """Accuracies in per cent without distractors and with them, as figures of a card."""
    free: dict[str, Any] = {"ways": WAYS, "shots": SHOTS, "unlabelled": UNLABELLED, "steps": 0}
    both = ((free, without), (free | {"distractors": DISTRACTORS}, with_distractors))
    return tuple(Published(condition, round(1 - accuracy / 100, 4), "table 1") for condition, accuracy in both)


def refined(refinement: str, steps: int, accuracies: tuple[float, float], **options: Any) -> Entry:
    """A network whose training refines prototypes too, from the encoder of `REFERENCE`."""
    config = SemiSupervisedConfig(**ENCODER, refinement=refinement, **options)
    return Entry(
        learner=SemiSupervisedPrototypicalNetwork,
        config=config,
        benchmark=UNLABELLED_TOO,
        recipe=tuned(steps),
        published=published(*accuracies),
        starts_from=REFERENCE,
    )


def tuned(steps: int) -> Recipe:
    """That of entries of characters, at half the learning rate, as the encoder is trained already."""
    return recipe(steps, "mixed_bfloat16", learning_rate=1e-3)
