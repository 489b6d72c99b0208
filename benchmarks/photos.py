"""Writes the card of `photos`, measured on stamps and icons; centred after Y. Wang et al., "SimpleShot", 2019.

    .venv/bin/python benchmarks/photos.py --data icons_stamps --out zoo/cards/photos/card.json [--work DIR]

The extra `photos` must be installed. `--data` holds `stamps.npz` (`picture` uint8 `[N, 64, 64, 3]`, `kind`) and `icons.npz`
(`picture`, `icon`; the pictures of an icon come from different themes). Each picture is enlarged as one of a user's folder is,
and passes through the encoder once, which `--work` remembers. The centre is written beside the card. The card that is there
already says which weights are meant.
"""

import argparse
import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image

import zoo
from zoo.datasets import DrawnPictures
from zoo.datasets.images.picture import fitted
from zoo.datasets.labelled import TRAINING
from zoo.evaluation import card as cards
from zoo.evaluation.calibration import expected_calibration_error
from zoo.hub import photos, registry
from zoo.utils import files, machine
from zoo.utils.logits import softmax

TASKS, SEED, QUERIES = 200, 1, 5
FEWEST = 3  # pictures of a class that counts
CLASSES = {"stamps": "kind", "icons": "icon"}
SHOWN = "of Debian's packages at 64 x 64; an icon's pictures come from different themes"
CONDITIONS = (("stamps", 5, 1), ("stamps", 5, 5), ("icons", 5, 1), ("icons", 5, 3), ("icons", 20, 1))
BACKGROUND = DrawnPictures(classes=4, examples=8, size=64, seed=77)
MEASURED_ON = "DrawnPictures(classes=4, examples=8, size=64, seed=77), training kinds"
AT_ONCE = 16  # pictures; they and what the first layers make of them fit the processor's caches
DISTRIBUTION = photos.PACKAGE.replace("_", "-")


@dataclass(frozen=True)
class Episode:
    """One task: places of its pictures, and the class of each, from 0."""

    support: np.ndarray
    support_class: np.ndarray
    query: np.ndarray
    query_class: np.ndarray


def episodes(classes: list[np.ndarray], ways: int, shots: int, tasks: int = TASKS, seed: int = SEED) -> Iterator[Episode]:
    """Draw tasks.

    Args:
        classes: the places of each class's pictures; one that has no more than `shots` is left out.
        ways, shots: of a task; every other picture of its classes is a query, at most five of each class.
        tasks, seed: how many, and of what draw.
    """
    generator = np.random.default_rng(seed)
    usable = [places for places in classes if len(places) > shots]
    for _ in range(tasks):
        chosen = generator.choice(len(usable), ways, replace=False)
        shuffled = [generator.permutation(usable[each]) for each in chosen]
        support = [places[:shots] for places in shuffled]
        query = [places[shots : shots + QUERIES] for places in shuffled]
        yield Episode(np.concatenate(support), _numbers(support), np.concatenate(query), _numbers(query))


def _numbers(parts: list[np.ndarray]) -> np.ndarray:
    return np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def grouped(labels: np.ndarray) -> list[np.ndarray]:
    """The places of each class of three pictures or more, by the order of the classes' names."""
    _, number, count = np.unique(labels, return_inverse=True, return_counts=True)
    return [np.flatnonzero(number == each) for each in np.flatnonzero(count >= FEWEST)]


def features(learner: Any, pictures: np.ndarray, kept: Path) -> np.ndarray:
    """What the encoder makes of pictures, uint8 `[N, 64, 64, 3]`: float32 `[N, 1280]`, from `kept` if these are there."""
    mark = hashlib.sha256(np.ascontiguousarray(pictures).tobytes() + learner.config.checksum.encode()).hexdigest()
    if kept.is_file():
        with np.load(kept) as found:
            if str(found["of"]) == mark:
                return found["features"]
    side = learner.example.sizes[0]
    parts = []
    for at in range(0, len(pictures), AT_ONCE):
        large = np.stack([fitted(Image.fromarray(each), side, 3, None)[0] for each in pictures[at : at + AT_ONCE]])
        parts.append(learner.graphs.features(large.astype(np.float32) / 255).numpy())
    rows = np.concatenate(parts)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with files.written_aside(kept, force=True) as path:
        np.savez(path, of=mark, features=rows)
    return rows


def measured(learner: Any, rows: np.ndarray, classes: list[np.ndarray], ways: int, shots: int) -> dict[str, float]:
    """Mean error and its 95 % interval over tasks, calibration error, and the share of queries that are called unknown.

    Args:
        learner: of embeddings, calibrated.
        rows: of all pictures, `[N, 1280]`.
        classes, ways, shots: as of `episodes`.
    """
    errors, odds, labels, odd = [], [], [], []
    for one in episodes(classes, ways, shots):
        task = learner.learn(rows[one.support], one.support_class.tolist())
        logits = task.logits(rows[one.query])[:, [task.classes.index(each) for each in range(ways)]]
        errors.append(np.mean(logits.argmax(axis=1) != one.query_class))
        odds.append(softmax(logits))
        labels.append(np.eye(ways)[one.query_class])
        odd.append(-logits.max(axis=1) > learner.calibration.ood_threshold)
    return {
        "mean": float(np.mean(errors)),
        "interval": float(1.96 * np.std(errors) / len(errors) ** 0.5),
        "calibration_error": expected_calibration_error(np.concatenate(odds), np.concatenate(labels)),
        "called_ood": float(np.mean(np.concatenate(odd))),
    }


def evaluation(learner: Any, data: Path, work: Path) -> dict[str, Any]:
    """Scores and calibration under every condition.

    Args:
        learner: of embeddings, calibrated.
        data, work: the folders of pictures and of what the encoder made of them.
    """
    encoder = zoo.load(photos.NAME)
    about, drawn_from = {}, {}
    for name, of in CLASSES.items():
        with np.load(data / f"{name}.npz") as kept:
            pictures, classes = kept["picture"], grouped(kept[of])
        drawn_from[name] = features(encoder, pictures, work / f"{name}.npz"), classes
        about[name] = {"pictures": len(pictures), "classes": len(classes), "sha256": files.sha256(data / f"{name}.npz")}
    scores, calibrated = [], []
    for name, ways, shots in CONDITIONS:
        found = measured(learner, *drawn_from[name], ways, shots)
        condition = {"pictures": name, "ways": ways, "shots": shots}
        print(condition, found, flush=True)
        scores.append({"condition": condition, "mean": found["mean"], "interval": found["interval"], "tasks": TASKS})
        calibrated.append({"condition": condition} | {key: found[key] for key in ("calibration_error", "called_ood")})
    calibration = {**asdict(learner.calibration), "measured_on": MEASURED_ON}
    return {"pictures": SHOWN, "data": about, "scores": scores, "calibration": calibration, "known_refused": calibrated}


def card(learner: Any, data: Path, work: Path) -> dict[str, Any]:
    """The whole card; arguments as of `evaluation`."""
    sha256 = registry.card(photos.NAME)["weights"]["sha256"]
    path = photos.weights(sha256)
    return {
        "name": photos.NAME,
        "licence": photos.LICENCE,
        "weights": {
            "from": f"{DISTRIBUTION} {importlib.metadata.version(DISTRIBUTION)}",
            "file": photos.FILE,
            "sha256": sha256,
            "bytes": path.stat().st_size,
            "parameters": zoo.load(photos.NAME).encoder.count_params(),
        },
        "evaluation": {
            "command": f"python benchmarks/photos.py --data {data.name} --out card.json",
            "metric": "error rate of queries; interval is the half-width of the 95 % interval over tasks",
            **machine.description(),
            "seed": SEED,
            "tasks": TASKS,
            **evaluation(learner, data, work),
        },
        "parity": {},
    }


def main() -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser("benchmarks/photos.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of stamps.npz and icons.npz")
    parser.add_argument("--out", type=Path, required=True, help="the card.json to write")
    parser.add_argument("--work", type=Path, default=Path("photos_features"), help="where what the encoder made is kept")
    options = parser.parse_args()
    background = BACKGROUND.load(TRAINING)
    rows = features(zoo.load(photos.NAME), background.x, options.work / "drawn.npz")
    learner = zoo.encoded(None, shape=rows.shape[1])  # all that follows the encoder: the centre, unit length, and prototypes
    zoo.calibrate(learner, rows, background.labels)
    found = card(learner, options.data, options.work)
    cards.write(found, options.out.parent)
    with files.written_aside(options.out.with_name(photos.CENTRE), force=True) as path:
        np.savez(path, centre=learner.center.numpy())


if __name__ == "__main__":
    main()
