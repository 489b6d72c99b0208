"""Calibration on a background: examples of other classes than a user's tasks will have, such as a folder of any pictures.

What a classifier whose encoder was trained elsewhere lacks is measured on them: the centre of its embeddings (Y. Wang et al.,
"SimpleShot: revisiting nearest-neighbor classification for few-shot learning", 2019, whose training classes these stand for), how
far examples of one class lie apart, the temperature, and the out-of-distribution threshold (see `zoo.evaluation.calibration`).
"""

from pathlib import Path
from typing import Any

import numpy as np

from zoo.datasets.benchmark import Tasks
from zoo.datasets.labelled import Labelled
from zoo.evaluation.calibration import measured
from zoo.learners.capabilities.calibrates import Calibrates, Calibration, Centres
from zoo.learners.embedded_classifier import EmbeddedClassifier
from zoo.learners.parts import in_parts
from zoo.utils.errors import ZooError, cut
from zoo.utils.ranges import warn

WAYS, SHOTS = (5, 20), (1, 2, 5)  # of the tasks drawn, as far as a background has them
QUERIES = (5, 3, 2, 1)  # of each class, as many as there are examples for
TASKS = 100  # of each number of classes and examples
FEW = 10  # classes below which a background tells little
SEED = 1_000_003


def calibrate(learner: Any, background: Any, labels: Any = None) -> Calibration:
    """Measure and set the centre and calibration of a learner of classes, such as `zoo.encoded` makes, on a background.

    The learner is another one from then on: save it before its tasks are saved.

    Args:
        learner: a classifier that embeds examples.
        background: a folder with a sub-folder of pictures for each class, or examples `[N, ...]` as for `learn`. Its classes are
            to be other ones than those of later tasks, ten or more of them; three pictures of a class are the fewest.
        labels: of the examples, where they are no folder.

    Returns:
        What was set.

    Raises:
        ZooError: for a learner that has no calibration or no embeddings, and a background of fewer than two classes with three
            examples.

    Warns:
        UserWarning: for a background of fewer than ten classes.
    """
    if not learner.offers(Calibrates) or "embed" not in learner.functions():
        raise ZooError(f"{learner.title} embeds no examples of classes, so nothing of it can be calibrated on a background.")
    data = _read(learner, background, labels)
    if (enough := int((data.counts >= 3).sum())) < 2:
        raise ZooError(
            f"the background has {enough} classes of three examples or more, and two are the fewest: give more of each class."
        )
    if len(data.names) < FEW:
        warn(f"a background of {len(data.names)} classes tells little of others; give {FEW} or more.")
    x = learner.examples("background", data.x)
    if learner.offers(Centres):
        rows = learner.centre_on(x, np.repeat(1.0 / data.counts, data.counts))
    else:
        rows = in_parts(learner.graphs.embed, x)
    drawn = tasks_of(Labelled(rows, data.names, data.counts))
    found = measured(learner, EmbeddedClassifier(learner), drawn)
    learner.origin = {}  # the file that it came from knows nothing of this
    return found


def tasks_of(data: Labelled, seed: int = SEED) -> list[Tasks]:
    """Tasks drawn from labelled data, one item for each number of classes and of examples that it has enough of."""
    generator, drawn, done = np.random.default_rng(seed), [], set()
    for most in WAYS:
        for shots in SHOTS:
            queries, usable = _usable(data, most, shots)
            ways = min(most, len(usable))
            if ways >= 2 and (ways, shots) not in done:
                done.add((ways, shots))
                drawn.append(_tasks(data, usable, (ways, shots, queries), generator))
    return drawn


def _usable(data: Labelled, ways: int, shots: int) -> tuple[int, np.ndarray]:
    """Queries of each class, and the classes that have enough examples: fewer queries where classes would be too few."""
    for queries in QUERIES:
        usable = np.flatnonzero(data.counts >= shots + queries)
        if len(usable) >= min(ways, len(data.names)):
            break
    return queries, usable


def _tasks(data: Labelled, usable: np.ndarray, sizes: tuple[int, int, int], generator: np.random.Generator) -> Tasks:
    ways, shots, queries = sizes
    rows = np.zeros([TASKS, ways, shots + queries], np.int64)
    for task in range(TASKS):
        for way, at in enumerate(generator.choice(usable, ways, replace=False)):
            rows[task, way] = data.starts[at] + generator.permutation(data.counts[at])[: shots + queries]
    label = np.broadcast_to(np.eye(ways, dtype=np.float32)[:, None], [TASKS, ways, shots + queries, ways])
    support, query = np.split(rows, [shots], axis=2)
    return Tasks(
        data.x[support.reshape(TASKS, -1)],
        label[:, :, :shots].reshape(TASKS, -1, ways),
        np.full(TASKS, ways * shots, np.int32),
        data.x[query.reshape(TASKS, -1)],
        label[:, :, shots:].reshape(TASKS, -1, ways),
    )


def _read(learner: Any, background: Any, labels: Any) -> Labelled:
    """The examples of a background, class by class."""
    if isinstance(background, Labelled):
        return background
    if not isinstance(background, str | Path):
        if labels is None:
            raise ZooError("labels=None: give the class of each example of the background, or a folder of pictures.")
        return Labelled.of(np.asarray(background), labels)
    from zoo.datasets.images.image_folder import read_folder

    sizes = learner.example.sizes
    if len(sizes) != 3 or sizes[0] != sizes[1]:
        raise ZooError(
            f"background={cut(background)}: {learner.title} reads examples of {list(sizes)} and no square pictures; give arrays "
            "and labels."
        )
    return read_folder(background, size=sizes[0], channels=sizes[2])[0]
