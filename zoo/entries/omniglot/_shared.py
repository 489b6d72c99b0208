"""What entries on Omniglot share: encoder, distortions, recipe; and a paper's accuracies as the error rates that cards hold."""

import dataclasses
from typing import Any

from zoo.datasets import Augmentation, LakeTrials, NWay, Omniglot
from zoo.datasets.episodes.n_way import CONDITIONS
from zoo.hub.entry import Published, Recipe

# The first convolution takes every second place, so that the blocks after it can be wider for the same work.
ENCODER: dict[str, Any] = {
    "filters": (32, 64, 96, 128),
    "shrink": ("stride", "pool", "padded_pool", "padded_pool"),
}
# Characters of one alphabet differ in details that 28 pixels blur, and that eight blocks tell apart better than four.
DEEP_ENCODER: dict[str, Any] = {
    "size": 56,
    "filters": (32, 32, 32, 64, 64, 128, 128, 128),
    "shrink": ("stride", "none", "padded_pool", "none", "padded_pool", "none", "padded_pool", "padded_pool"),
}
# The same of 28 pixels, all of which it sees, in less than a megabyte.
NARROW_ENCODER: dict[str, Any] = {
    "filters": (32, 32, 32, 48, 64, 80, 80, 80),
    "shrink": ("none", *DEEP_ENCODER["shrink"][1:]),
}
DISTORTIONS = Augmentation(rotation=10.0, shear=0.12, scale=(0.88, 1.12), shift=2.0, probability=1.0)
BENT = dataclasses.replace(DISTORTIONS, elastic=0.7)
DEEP_DISTORTIONS = dataclasses.replace(DISTORTIONS, shift=4.0, elastic=1.4)


def within_alphabets(shots: int, queries: int = 1) -> LakeTrials:
    """Trials within an alphabet, for `DEEP_ENCODER`; 40 of the 60 characters of a training episode come from two alphabets."""
    return LakeTrials(
        NWay(
            Omniglot("lake", size=56),
            ways=60,
            shots=shots,
            queries=queries,
            rotations=True,
            mirrors=True,
            augment=DEEP_DISTORTIONS,
            hard=(2, 20),
            training_splits=("train", "validation"),
        )
    )


def recipe(steps: int, precision: str = "float32", **options: Any) -> Recipe:
    """Muon on the kernels, one episode a step, the average of the weights over the last steps; a row of the curve every 100."""
    usual = Recipe(
        steps=steps,
        tasks_per_step=1,
        learning_rate=2e-3,
        optimizer="kernel_muon",
        loss="cross_entropy",
        average=0.99,
        steps_per_execution=10,
        epochs=steps // 100,
        jit=False,
        precision=precision,
    )
    return dataclasses.replace(usual, **options)


def published(
    accuracies: tuple[float, float, float, float], source: str, steps: int = 0, transductive: bool = False
) -> tuple[Published, ...]:
    """Accuracies in per cent at 5-way 1-shot, 5-way 5-shot, 20-way 1-shot and 20-way 5-shot, as figures of a card.

    Those of a learner whose tasks are learned by gradient steps stand beside ours after `steps`. Those of a paper whose queries
    help each other stand beside ours of `zoo evaluate --transductive` too.
    """
    protocols: tuple[dict[str, Any], ...] = ({}, {"transductive": True}) if transductive else ({},)
    words = f"{source}, transductive" if transductive else source
    return tuple(
        Published({"ways": ways, "shots": shots, "steps": steps, **protocol}, round(1 - accuracy / 100, 4), words)
        for protocol in protocols
        for (ways, shots), accuracy in zip(CONDITIONS, accuracies, strict=True)
    )
