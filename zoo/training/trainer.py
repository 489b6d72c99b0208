"""Training an entry with Keras' `fit`: progress bar, TensorBoard, and a state on disk from which a killed run resumes."""

import contextlib
import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.evaluation.calibration import calibrate
from zoo.evaluation.scores import measured
from zoo.hub import registry
from zoo.hub.entry import Entry, Recipe
from zoo.learners.zoo_model import ZooModel
from zoo.training import recipe as recipes
from zoo.training.workers import Agreement, Workers
from zoo.utils import files, machine
from zoo.utils.errors import ZooError

VALIDATION_SHARE = 0.1  # of as many tasks as a card is measured on
VALIDATION_SEED = 1_000_003  # of the tasks that the training curve is drawn on; evaluation uses other seeds
STATE = ("recipe.txt", "state.json", "epoch_*.weights.h5")  # what a run keeps on disk until it ends
KERNEL_BITS = 16  # of a significand, that a kernel keeps of a training in half precision


class Resume(keras.callbacks.Callback):
    """Keep the state of a run on disk after every epoch: weights, optimiser, curve; one file each, renamed into place.

    Args:
        folder: where the state is kept.
        validation: function to numbers by name, written beside the training loss; None where nothing is held out.
        workers: this worker of several; the chief alone keeps a state, with which all begin.
    """

    def __init__(self, folder: Path, validation: Callable[[], dict[str, float]] | None = None, workers: Workers | None = None):
        super().__init__()
        self.folder, self.validation, self.workers = folder, validation, workers
        self.curve: list[dict[str, float]] = []
        self.took_part: list[int] = []  # workers of every epoch
        self.started = time.monotonic()
        self.seconds_before = 0.0

    def restore(self, model: ZooModel) -> int:
        """Load the newest whole state, if there is one; return the number of epochs done."""
        if self.workers is None:
            return self._restored(model)
        return self.workers.agreed(self._restored(model) if self.workers.place.is_chief else 0, model)

    def _restored(self, model: ZooModel) -> int:
        if not (self.folder / "state.json").exists():
            return 0
        state = json.loads((self.folder / "state.json").read_text())
        model.load_weights(self.folder / state["weights"])
        self.curve = state["curve"]
        self.took_part = state.get("workers") or [1] * len(self.curve)
        self.seconds_before, self.started = self.curve[-1]["seconds"], time.monotonic()
        return len(self.curve)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        seconds = self.seconds_before + time.monotonic() - self.started
        row = {"epoch": epoch + 1, "seconds": round(seconds, 1), **(logs or {})}
        if self.validation:
            row |= self.validation()
        self.curve.append(row)
        self.took_part.append(self.workers.place.workers if self.workers else 1)
        weights = f"epoch_{epoch + 1}.weights.h5"
        with files.written_aside(self.folder / weights, force=True) as path:
            self.model.save_weights(path)
        # The state names the weights it belongs to: whatever moment the run is killed at, the two fit together.
        with files.written_aside(self.folder / "state.json", force=True) as path:
            path.write_text(json.dumps({"weights": weights, "curve": self.curve, "workers": self.took_part}))
        for old in self.folder.glob("epoch_*.weights.h5"):
            if old.name != weights:
                old.unlink()


def train(
    entry: Entry,
    out: str | Path,
    command: str = "",
    force: bool = False,
    progress: bool = True,
    start: str | None = None,
    workers: Workers | None = None,
) -> Path:
    """Train an entry from its recipe and seed; started again on the same folder it goes on where it was, to the same weights.

    Args:
        entry: what to train.
        out: folder for `model.keras`, `training.csv` (the curve) and `training.json`; `resume/` and TensorBoard's `logs/`
            are kept there while it runs.
        command: what the user typed, for the record.
        force: whether a finished run in `out` may be trained again from the start.
        progress: whether to show Keras' progress bar.
        start: a learner of the same shapes whose weights training begins with, such as the entry itself; None for fresh ones.
        workers: this worker of several, who train the same run as one; the chief alone reads and writes `out`.

    Returns:
        The path of `model.keras`.

    Raises:
        ZooError: if `out` holds a finished run and `force` is false, or the state there is of another recipe, or the entry uses
            the weights of another; or if its batches cannot be divided, or another worker is gone.
    """
    if entry.weights_of:
        raise ZooError(f"this entry uses the weights of {entry.weights_of}; train that one: zoo train {entry.weights_of}")
    if workers is not None:
        workers.check(entry)
    out, recipe, leads = Path(out), entry.recipe, workers is None or workers.place.is_chief
    if leads:
        files.refuse_existing(out / "model.keras", force)
    learner = untrained(entry)
    if start is not None:
        learner.set_weights(registry.load(start).get_weights())
    learner.compile(
        recipes.optimizer(recipe), recipes.loss(recipe), jit_compile=recipe.jit, steps_per_execution=recipe.steps_per_execution
    )
    learner.optimizer.build(learner.trainable_variables)
    if leads:
        _same_recipe(out / "resume", entry, start)
    state = Resume(out / "resume", _validation(learner, entry) if leads else None, workers)
    done = state.restore(learner)
    if not recipe.steps:
        state.set_model(learner)
        state.on_epoch_end(0)
    else:
        _fit(learner, entry, done, state, out / "logs", progress)
    if leads:
        _take_average(learner, recipe)
        shipped = _shipped(learner, entry)
        calibrate(shipped, entry.benchmark)
        _publish(shipped, state, command, out, force)
    if workers is not None:
        workers.finish()
    return out / "model.keras"


def _fit(learner: ZooModel, entry: Entry, done: int, state: Resume, logs: Path, progress: bool) -> None:
    """Train from an epoch on, on one benchmark of the curriculum after the other."""
    recipe, lessons, workers = entry.recipe, entry.lessons(), state.workers
    leads = workers is None or workers.place.is_chief
    callbacks: list[keras.callbacks.Callback] = [] if workers is None else [Agreement(workers)]
    if leads:
        callbacks += [state, keras.callbacks.TensorBoard(logs, write_graph=False)]
    if workers is not None:
        learner.train_function = workers.train_function(learner)
    drawn_from = learner.for_training([benchmark for benchmark, _, _ in lessons])
    for benchmark, (_, begin, end) in zip(drawn_from, lessons, strict=True):
        first = max(begin, done)
        if first < end:
            if first > done:
                state.restore(learner)  # as Keras' `fit` ended with the average of the weights in their place
            stream = benchmark.stream(recipe.tasks_per_step, recipe.seed, (first - begin) * recipe.steps_per_epoch)
            learner.fit(
                stream if workers is None else workers.part(stream, recipe.tasks_per_step),
                initial_epoch=first,
                epochs=end,
                steps_per_epoch=recipe.steps_per_epoch,
                callbacks=callbacks,
                shuffle=False,
                verbose=1 if progress and leads else 0,
            )


def untrained(entry: Entry) -> ZooModel:
    """The learner that a training of an entry begins with, with all that only training needs.

    Raises:
        ZooError: if the weights that it starts from are missing or damaged.
    """
    keras.utils.set_random_seed(entry.recipe.seed)
    learner = entry.build(entry.recipe.precision)
    learner.prepare(entry.benchmark, entry.recipe.tasks_per_step)
    if entry.starts_from:
        learner.encoder.set_weights(registry.load(entry.starts_from).encoder.get_weights())
    return learner


def _validation(learner: ZooModel, entry: Entry) -> Callable[[], dict[str, float]] | None:
    """Return a function: the error on validation tasks with the weights that would be shipped if training ended now.

    Further scores that the benchmark has watched are named by what sets them apart. None where all that could be watched is
    learned from or is the test: no curve is drawn on those.
    """
    condition = entry.benchmark.validation_condition()
    if condition is None:
        return None
    count = max(1, round(VALIDATION_SHARE * entry.benchmark.test_tasks))
    tasks = entry.benchmark.draw(count, VALIDATION_SEED, **condition)

    def errors() -> dict[str, float]:
        kept = [variable.numpy() for variable in learner.trainable_variables]
        _take_average(learner, entry.recipe)
        answering, benchmark = learner.for_evaluation(entry.benchmark)
        found = measured(answering, benchmark, benchmark.prepared(tasks))
        for variable, value in zip(learner.trainable_variables, kept, strict=True):
            variable.assign(value)
        usual = found[0][0]
        return {_called(each, usual): benchmark.summarise(values)[0] for each, values in found[: entry.benchmark.watched]}

    return errors


def _called(condition: dict[str, Any], usual: dict[str, Any]) -> str:
    """The name in the curve of a score: "validation" of the usual one, and what sets another apart from it."""
    return " ".join(["validation", *(f"{key} {value}" for key, value in condition.items() if usual[key] != value)])


def _take_average(learner: ZooModel, recipe: Recipe) -> None:
    if recipe.average is not None:
        learner.optimizer.finalize_variable_values(learner.trainable_variables)


def _shipped(learner: ZooModel, entry: Entry) -> ZooModel:
    """The learner in single precision, which every export and every machine knows, without what only training needs."""
    single = entry.build()
    if entry.recipe.precision == "float32" and len(single.weights) == len(learner.weights):
        return learner
    single.set_weights(learner.get_weights()[: len(single.weights)])
    if entry.recipe.precision != "float32":
        for kernel in single.trainable_weights:
            if len(kernel.shape) > 1:
                kernel.assign(_rounded(kernel.numpy()))
    return single


def _rounded(kernel: np.ndarray) -> np.ndarray:
    """Numbers of `KERNEL_BITS` bits: twice as many as half precision trains with, and a fifth less to download."""
    significand, exponent = np.frexp(kernel)
    return np.ldexp(np.round(significand * 2.0**KERNEL_BITS) / 2.0**KERNEL_BITS, exponent).astype(kernel.dtype)


def _same_recipe(folder: Path, entry: Entry, start: str | None) -> None:
    more = [*entry.curriculum, *([] if start is None else [start])]
    recipe = repr((entry.config, entry.benchmark, entry.recipe, entry.starts_from, *more))
    note = folder / "recipe.txt"
    if note.exists() and note.read_text() != recipe:
        raise ZooError(f"{folder} holds an unfinished run of another recipe; finish it as it was, or remove the folder.")
    with files.written_aside(note, force=True) as path:
        path.write_text(recipe)


def _forget(folder: Path) -> None:
    """Remove the state of a run, and nothing else that a user may keep in a folder of that name."""
    for pattern in STATE:
        for file in folder.glob(pattern):
            file.unlink()
    with contextlib.suppress(OSError):  # it holds something else
        folder.rmdir()


def _publish(learner: ZooModel, state: Resume, command: str, out: Path, force: bool) -> None:
    curve, about = state.curve, {"command": command, **_workers(state.took_part), **machine.description()}
    with files.written_aside(out / "training.csv", force=True) as path, open(path, "w", newline="") as file:
        table = csv.DictWriter(file, list(curve[0]))
        table.writeheader()
        table.writerows(curve)
    with files.written_aside(out / "training.json", force=True) as path:
        path.write_text(json.dumps(about, indent=2) + "\n")
    learner.compile()  # the optimiser's state would triple the file
    with files.written_aside(out / "model.keras", force) as path:
        learner.save(path)
    _forget(out / "resume")


def _workers(took_part: list[int]) -> dict[str, Any]:
    """What `training.json` says of several workers: their number, or the epochs that each number of them trained."""
    numbers = sorted(set(took_part))
    if numbers == [1]:
        return {}
    return {"workers": numbers[0] if len(numbers) == 1 else {str(each): took_part.count(each) for each in numbers}}
