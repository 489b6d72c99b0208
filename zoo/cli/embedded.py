"""Pictures for learners that leave in halves: embedded once, remembered in the user's cache, and learned from as embeddings."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from zoo.datasets.images.image_folder import Report
    from zoo.datasets.labelled import Labelled
    from zoo.learners.over_embeddings import OverEmbeddings

UNCALIBRATED = (
    "uncalibrated: one example of each class says nothing of how sure an answer is; give two of a class, or a learner with a "
    "background (zoo adopt --background)"
)


def over(learner: Any) -> "OverEmbeddings":
    """A learner as one of embeddings."""
    from zoo.learners.over_embeddings import OverEmbeddings

    return OverEmbeddings(learner)


def folder(learner: Any, path: str, kind: dict[str, Any], **which: Any) -> "tuple[Labelled, Report]":
    """As `read_folder`, of embeddings in place of pictures; `which` says of which pictures."""
    from zoo.datasets import read_folder
    from zoo.datasets.labelled import Labelled
    from zoo.hub.embedded_pictures import EmbeddedPictures

    reading = EmbeddedPictures(learner, embedder(learner))
    data, report = read_folder(path, **kind, **which, read=reading.read)
    return Labelled(reading.rows(data.x), data.names, data.counts), report


def files(learner: Any, paths: Sequence[Path], kind: dict[str, Any]) -> "tuple[np.ndarray, list[Path], Report]":
    """As `read_pictures`, of embeddings in place of pictures."""
    from zoo.datasets import read_pictures
    from zoo.hub.embedded_pictures import EmbeddedPictures

    reading = EmbeddedPictures(learner, embedder(learner))
    places, done, report = read_pictures(paths, **kind, read=reading.read)
    return reading.rows(places), done, report


def embedder(learner: Any) -> "Callable[[np.ndarray], Any]":
    """The encoder of a learner, which is opened or loaded when the first picture needs it."""
    from zoo.cli import engine
    from zoo.hub import prepared

    def embed(tones: "np.ndarray") -> Any:
        if not made:
            light = prepared.load(learner.origin["name"], "embed")
            made.append((light or engine.live(learner.origin["name"])).graphs.embed)
        return made[0](tones)

    made: list[Any] = [] if hasattr(learner, "description") else [learner.graphs.embed]
    return embed


def say_uncalibrated(options: argparse.Namespace, task: Any) -> None:
    """Say on standard error that probabilities of a task are a guess, where they are."""
    if not task.is_calibrated:
        print(f"zoo {options.command}: {UNCALIBRATED}.", file=sys.stderr)
