"""Pictures drawn by the tests, in place of a source that a fresh machine would have to download: pen strokes on paper.

A class is three curved strokes; its examples are drawn by an unsteady hand, larger or smaller, here or there. Classes of one
alphabet stand side by side.
"""

import contextlib
import dataclasses
import functools
import socket

import numpy as np

from zoo.datasets import (
    Benchmark,
    ClassBatches,
    ClassStreams,
    DigitNetworks,
    DrawnPictures,
    InMemory,
    Labelled,
    LakeTrials,
    NWay,
    Omniglot,
    SemiSupervised,
)

CLASSES, ALPHABETS, EXAMPLES, STROKES, POINTS = 66, 3, 20, 3, 16


def in_place(benchmark: Benchmark) -> Benchmark:
    """The same benchmark; a source that is downloaded is replaced by strokes, one that takes long to draw has fewer classes."""
    match benchmark:
        case (
            NWay(source=Omniglot(size=size))
            | ClassStreams(source=Omniglot(size=size))
            | SemiSupervised(source=Omniglot(size=size))
        ):
            return dataclasses.replace(benchmark, source=strokes(size))
        case NWay(source=DrawnPictures() as source):
            return dataclasses.replace(benchmark, source=dataclasses.replace(source, classes=8))
        case LakeTrials(training=episodes):
            return dataclasses.replace(benchmark, training=in_place(episodes))
        case ClassBatches(evaluation=episodes):
            return dataclasses.replace(benchmark, evaluation=in_place(episodes))
    return benchmark


def missing(benchmark: Benchmark) -> bool:
    """Whether the source of a benchmark is neither on this machine nor can be downloaded."""
    match benchmark:
        case NWay(source=Omniglot()) | ClassStreams(source=Omniglot()) | SemiSupervised(source=Omniglot()):
            return not provided("omniglot:3.0.0")
        case DigitNetworks():
            return not provided("mnist:3.0.1")
        case LakeTrials(training=episodes) | ClassBatches(evaluation=episodes):
            return missing(episodes)
    return False


def provided(name: str) -> bool:
    """Whether TensorFlow Datasets has the data, or could download it."""
    import tensorflow_datasets as tfds

    if tfds.builder(name).is_prepared():
        return True
    with contextlib.suppress(OSError), socket.create_connection(("github.com", 443), timeout=5):
        return True
    return False


@functools.cache
def strokes(size: int) -> InMemory:
    """A source whose three parts share no class."""
    return InMemory(*(_part(seed, size) for seed in range(3)))


def _part(seed: int, size: int) -> Labelled:
    generator = np.random.default_rng(seed)
    meant = generator.uniform(0.1, 0.9, [CLASSES, 1, STROKES, 3, 2])  # start, bend and end of every stroke
    drawn = meant + generator.normal(0, 0.03, [CLASSES, EXAMPLES, STROKES, 3, 2])
    drawn = 0.5 + (drawn - 0.5) * generator.uniform(0.7, 1.0, [CLASSES, EXAMPLES, 1, 1, 2])
    drawn += generator.normal(0, 0.06, [CLASSES, EXAMPLES, 1, 1, 2])
    t = np.linspace(0, 1, POINTS)[:, None]
    weights = np.concatenate([(1 - t) ** 2, 2 * t * (1 - t), t**2], axis=1)
    points = np.einsum("pk,cesko->cespo", weights, drawn).reshape(CLASSES * EXAMPLES, STROKES * POINTS, 2) * size
    pixel = np.arange(size) + 0.5
    across, down = (np.square(points[..., axis, None] - pixel) for axis in (0, 1))  # [pictures, points, size]
    nearest = np.stack([(one[:, :, None] + other[:, None, :]).min(axis=0) for one, other in zip(down, across, strict=True)])
    ink = np.exp(-nearest / (size / 28))[..., None]
    alphabets = [f"alphabet {seed}-{number * ALPHABETS // CLASSES}" for number in range(CLASSES)]
    names = [f"{seed}-{number}" for number in range(CLASSES)]
    return Labelled((255 * ink).astype(np.uint8), names, [EXAMPLES] * CLASSES, alphabets)
