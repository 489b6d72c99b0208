"""The smallest learners, made once in a process, and the files and folders that inputs are made from."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

MEAN, CLASSES, STEPS = "mela", "prototypical", "maml"
TABLE, TABLE_OF_NUMBERS = "table", "table of numbers"
KERAS_FILE, TASK_FILES = "model.keras", ("task.json", "task.npz", "summary.npz")


@functools.cache
def learner(name: str) -> Any:
    """An untrained learner: of numbers from one number (`MEAN`), of classes of pictures, or of numbers from six (`STEPS`)."""
    import keras

    from zoo.models import maml, mela, prototypical, tabular

    keras.utils.set_random_seed(0)
    match name:
        case "mela":
            return mela.tiny()["wave"]
        case "maml":
            return maml.tiny()["one rate"]
        case "table":
            return tabular.tiny()["classes"]
        case "table of numbers":
            return tabular.tiny()["numbers"]
        case _:
            return prototypical.tiny()["squared distance, shifted views"]


def examples(name: str, rows: int) -> np.ndarray:
    """Examples that a learner can read, float32 `[rows, *example]`."""
    return np.random.default_rng(0).uniform(size=[rows, *learner(name).example.sizes]).astype(np.float32)


def home(name: str) -> Path:
    """A folder with the learner as a file and a task of it as a folder `task`; it goes with the process."""
    return _homes()[name]


@functools.cache
def _homes() -> dict[str, Path]:
    """All of them at once, before any input is drawn: making a learner draws at random, which a strategy must not."""
    return {name: _made(name) for name in (MEAN, CLASSES, STEPS)}


def _made(name: str) -> Path:
    from zoo.hub import registry, task_folder

    folder = Path(_kept().name) / name
    folder.mkdir()
    learner(name).save(folder / KERAS_FILE)
    loaded = registry.load(str(folder / KERAS_FILE))
    if name == CLASSES:
        task, notes = loaded.learn(examples(name, 6), ["elm", "oak", "ash"] * 2), {"pictures": {"size": 12, "channels": 1}}
    else:
        x = examples(name, 4)
        task, notes = loaded.learn(x, np.ones([4, loaded.labels.shape.sizes[0]])), {"rows": 4}
    task_folder.save(task, folder / "task", notes)
    return folder


@functools.cache
def _kept() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="zoo-fuzz-")
