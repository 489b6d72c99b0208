"""Several workers train one model: each takes its part of every batch, and gradients are averaged before they are clipped.

P. Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section 3, by the collectives of
`tf.distribute.MultiWorkerMirroredStrategy`. Departure: variables are those of one worker, and not mirrored by the strategy, in
which Keras clips each worker's own gradient before the sum, so that a limit of the norm never bites; see
`DividedStep`. All start from the chief's numbers, to the bit, and agree after every epoch or stop.
"""

import atexit
import contextlib
import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import keras
import numpy as np
import tensorflow as tf

from zoo.hub.entry import Entry
from zoo.learners.zoo_model import ZooModel
from zoo.training.cluster import Place
from zoo.training.divided_step import DividedStep
from zoo.utils import silence
from zoo.utils.errors import ZooError

GONE = "another worker of this training is gone"
LINGER = 2.0  # seconds that a worker is still there for those who read its last words
_LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.DeadlineExceededError)


@final
class Workers:
    """This worker, joined to the others; see `join`.

    Args:
        place: of this worker.
        strategy: whose collectives are used; one device for each worker.
    """

    def __init__(self, place: Place, strategy: Any):
        self.place, self._strategy = place, strategy
        self._words = tf.function(self._sum, autograph=False)

    def check(self, entry: Entry) -> None:
        """Check that the batches of an entry's recipe can be divided; see `check`."""
        check(entry, self.place.workers)

    def part(self, stream: tf.data.Dataset, tasks: int) -> tf.data.Dataset:
        """This worker's part of every batch of a stream: the same steps, and a slice of the tasks `[B, ...]` of each.

        Raises:
            ZooError: if what is streamed has no row for each task.
        """
        share = tasks // self.place.workers
        begin = self.place.rank * share
        for spec in tf.nest.flatten(stream.element_spec):
            if spec.shape.rank == 0 or spec.shape[0] not in (tasks, None):
                raise ZooError(
                    f"batches have a part of shape {spec.shape}, not a row for each of {tasks} tasks; take one worker."
                )

        def mine(*batch: Any) -> Any:
            return tf.nest.map_structure(lambda rows: rows[begin : begin + share], batch)

        return stream.map(mine, num_parallel_calls=1, deterministic=True)

    def train_function(self, learner: ZooModel) -> Callable[[Any], Any]:
        """What one execution of Keras' `fit` runs in place of Keras' own, for a compiled model whose optimiser is built.

        Raises:
            ZooError: if a layer of the model asks nobody for the moments of the whole batch; see `refused`.
        """
        if why := refused(learner):
            raise ZooError(why)
        step = DividedStep(learner, self._mean).run

        def train_function(iterator: Any) -> Any:
            with _together():
                for _ in range(learner.steps_per_execution):
                    logs = step(iterator)
                return logs

        return train_function

    def agreed(self, number: int, model: ZooModel | None = None) -> int:
        """The chief's number; with a model, all of whose variables, the optimiser's too, get the chief's values, to the bit."""
        variables = _variables(model) if model is not None else []
        values = self._chiefs([np.asarray(number), *(variable.numpy() for variable in variables)])
        for variable, value in zip(variables, values[1:], strict=True):
            variable.assign(value)
        return int(values[0])

    def compared(self, model: ZooModel) -> None:
        """Check that this worker's variables are the chief's, to the bit.

        Raises:
            ZooError: if they are not.
        """
        own = hashlib.blake2b(b"".join(np.ascontiguousarray(each.numpy()).tobytes() for each in _variables(model))).digest()
        chiefs = self._chiefs([np.frombuffer(own, np.uint8)])[0].tobytes()
        if chiefs != own:
            raise ZooError(
                f"worker {self.place.rank} of {self.place.workers} has other weights than the chief: {model.title} keeps "
                "something of its own part of a batch; take one worker."
            )

    def finish(self) -> None:
        """Wait until the chief has published, which minds no more who is gone.

        Raises:
            ZooError: if the chief is gone before.
        """
        try:
            self.agreed(0)
        except ZooError:
            if not self.place.is_chief:
                raise

    def _chiefs(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """What the chief gives here, of the same shapes and types: a sum of bits to which the others add none."""
        flat = b"".join(np.ascontiguousarray(value).tobytes() for value in values)
        words = np.frombuffer(flat.ljust(-(-len(flat) // 8) * 8, b"\0"), np.int64)
        with _together():
            summed = self._words(tf.constant(words if self.place.is_chief else np.zeros_like(words))).numpy().tobytes()
        found, at = [], 0
        for value in values:
            found.append(np.frombuffer(summed, value.dtype, value.size, at).reshape(value.shape))
            at += value.nbytes
        return found

    def _sum(self, flat: tf.Tensor) -> tf.Tensor:
        """The sum over workers, the same bits for each."""

        def summed(own: tf.Tensor) -> tf.Tensor:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(own))

        return self._strategy.run(summed, (flat,))

    def _mean(self, flat: tf.Tensor) -> tf.Tensor:
        return self._sum(flat) / tf.cast(self.place.workers, flat.dtype)


def check(entry: Entry, workers: int) -> None:
    """Check that the batches of an entry's recipe can be divided by a number of workers.

    Raises:
        ZooError: if they cannot.
    """
    tasks, learner = entry.recipe.tasks_per_step, entry.learner
    if issubclass(learner, ZooModel) and learner.carries:
        raise ZooError(f"a step of {learner.__name__} goes on from what its tasks had become in the one before; take one worker.")
    if not entry.recipe.steps:
        raise ZooError("this entry has no steps of training to divide; take one worker.")
    if tasks % workers:
        fitting = ", ".join(str(number) for number in range(1, tasks + 1) if tasks % number == 0)
        raise ZooError(f"{workers} workers cannot divide the recipe's tasks_per_step={tasks} evenly; take one of: {fitting}.")


def refused(model: ZooModel) -> str:
    """Why batches of a model that somebody else's layers are part of cannot be divided; empty if they can."""
    inner = (layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization))
    found = next((layer.name for layer in inner if layer.trainable), "")
    return (
        f"layer {found!r} of Keras normalises by the moments of one worker's part of a batch; take one worker." if found else ""
    )


def join(place: Place) -> Workers:
    """Join the workers of a training, and wait until all are there; before anything else of TensorFlow has run.

    Raises:
        ZooError: if a worker has several devices, or TensorFlow is at work already.
    """
    with _interruptible(), silence.notes_aside():
        try:
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
        except RuntimeError as error:
            raise ZooError(f"TensorFlow was at work before the workers joined ({error}); join first.") from None
    if strategy.num_replicas_in_sync != place.workers:
        raise ZooError(
            f"{place.workers} workers have {strategy.num_replicas_in_sync} devices; start one worker for each, with "
            "CUDA_VISIBLE_DEVICES set to its number."
        )
    return Workers(place, strategy)


@contextlib.contextmanager
def joined(place: Place) -> Iterator[Workers]:
    """As `join`, for a process that ends after the block: at once, as TensorFlow would wait for workers that are gone."""
    code = 1
    atexit.register(lambda: _end(code))
    try:
        yield join(place)
        time.sleep(LINGER)
        code = 0
    except (ZooError, OSError):  # what the command line tells in one line
        code = 2
        raise
    except KeyboardInterrupt:
        code = 130
        raise


def _end(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@final
class Agreement(keras.callbacks.Callback):
    """Compare the workers after every epoch, before its state is written."""

    def __init__(self, workers: Workers):
        super().__init__()
        self.workers = workers

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.workers.compared(self.model)


def _variables(model: ZooModel) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]


@contextlib.contextmanager
def _together() -> Iterator[None]:
    """What takes all workers; one line where another is gone."""
    try:
        yield
    except tf.errors.OpError as error:
        if not isinstance(error, _LOST) and "ollective" not in str(error):
            raise
        raise ZooError(f"{GONE}; start all of them again, and it resumes after the last epoch that was saved.") from None


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the process at once: TensorFlow's wait for others lets no Python run."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
