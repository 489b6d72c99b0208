"""A model whose promises are held: its endpoints traced once, random inputs, a learned task, and runtimes that are open."""

import contextlib
import functools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import runtimes
import tensorflow as tf

from zoo.export import as_saved_model
from zoo.export.as_saved_model import write as write_saved_model
from zoo.learners import made
from zoo.learners.capabilities import Calibrates
from zoo.learners.capabilities.calibrates import Calibration
from zoo.learners.endpoint import Endpoint
from zoo.learners.meta_learner import MetaLearner
from zoo.learners.task_model import TaskModel

Arrays = dict[str, np.ndarray]
Open = Callable[[runtimes.Runtime], runtimes.Load]

SAME = {"rtol": 1e-4, "atol": 1e-4}  # two ways to the same float32 numbers
ROWS = 7  # of the support of an episode


@dataclass(frozen=True)
class Once(Endpoint):
    """An endpoint that is traced once, however often it is called and exported."""

    def traced(self) -> tf.types.experimental.PolymorphicFunction:
        if "_graph" not in vars(self):
            vars(self)["_graph"] = super().traced()
        return vars(self)["_graph"]

    def run(self, **inputs: np.ndarray) -> Arrays:
        """Named arrays to named arrays, by the graph."""
        return {name: value.numpy() for name, value in self.traced()(*(inputs[name] for name in self.inputs)).items()}


def once(endpoint: Endpoint) -> Once:
    """The same endpoint, traced once."""
    return Once(**{field.name: getattr(endpoint, field.name) for field in fields(endpoint)})


class Subject:
    """A model under test; see `promises.hold`."""

    def __init__(self, model: Any, folder: Path, opened: Open, batch: Any = None, loss: Any = None):
        self.model, self.folder, self.opened, self.batch, self.loss = model, folder, opened, batch, loss
        self._written: dict[tuple[int, ...], Path] = {}
        if isinstance(model, Calibrates):  # so that logits are divided by what each task says
            model.calibration = Calibration(temperature=0.7, spread=0.3, ood_threshold=1.5)
        if batch is None and isinstance(model, MetaLearner):
            self.batch, self.loss = training_batch(model), loss or model.labels.loss

    @functools.cached_property
    def endpoints(self) -> dict[str, Once]:
        """The endpoints of the model."""
        return {name: once(endpoint) for name, endpoint in self.model.endpoints().items()}

    @functools.cached_property
    def supported(self) -> dict[str, Once]:
        """Those that take a support."""
        return {name: endpoint for name, endpoint in self.endpoints.items() if "support_size" in endpoint.inputs}

    @functools.cached_property
    def task(self) -> TaskModel:
        """A task that a learner learned from five examples."""
        return self.model.learn(*made.support(self.model, 5))

    @functools.cached_property
    def task_endpoints(self) -> dict[str, Once]:
        """The endpoints of the learned task, those included that only a SavedModel has."""
        return {name: once(endpoint) for name, endpoint in self.task.served_endpoints().items()}

    def episode(self, sizes: tuple[int, ...] = (ROWS, 4, 1), queries: int = 5, seed: int = 0) -> Arrays:
        """An episode batch at random, its padding zero."""
        drawn = made.episode(self.model, sizes, queries, seed)
        for name in ("support_x", "support_y"):
            for task, size in enumerate(sizes):
                drawn[name][task, size:] = 0.0
        return drawn

    def answers(self, episode: Arrays) -> np.ndarray:
        """What the learner answers to the queries of an episode batch."""
        return self.endpoints["serving_default"].run(**{name: episode[name] for name in self.endpoints["serving_default"].inputs})

    @contextlib.contextmanager
    def exporting(self, model: Any, endpoints: dict[str, Once]) -> Iterator[None]:
        """Within it, exporters find the endpoints of a model that are traced already, and what is converted is written once."""
        with mock.patch.dict(vars(model), endpoints=lambda: endpoints), mock.patch.object(as_saved_model, "write", self._write):
            yield

    def _write(self, model: Any, path: Path, endpoints: dict[str, Once] | None = None) -> None:
        """As `as_saved_model.write`; of the same endpoints a copy of what it wrote before."""
        given = model.endpoints() if endpoints is None else endpoints
        key = tuple(map(id, given.values()))
        if key not in self._written:
            self._written[key] = self.folder / f"written_{len(self._written)}"
            write_saved_model(model, self._written[key], given)
        shutil.copytree(self._written[key], path, dirs_exist_ok=True)


def training_batch(learner: MetaLearner) -> tuple[Arrays, np.ndarray]:
    """An episode batch of two tasks with labels for its queries, at random."""
    generator, inputs = np.random.default_rng(3), made.episode(learner, (4, 3))
    return inputs, np.stack([learner.labels.random(generator, 5) for _ in range(2)])


def example(endpoint: Endpoint, tasks: int = 3, support: int = ROWS, query: int = 2, seed: int = 0) -> Arrays:
    """Inputs of an endpoint at random, all of their support real and as many steps for every task."""
    generator = np.random.default_rng(seed)
    sizes, inputs = {"tasks": tasks, "support": support, "query": query}, {}
    for name, spec in endpoint.inputs.items():
        axes = endpoint.axes.get(name, ()) + (None,) * spec.shape.rank
        shape = [sizes.get(axis, 3) if axis else size for axis, size in zip(axes, spec.shape, strict=False)]
        drawn = generator.integers(1, 4, shape) if spec.dtype.is_integer else generator.uniform(-1.0, 1.0, shape)
        inputs[name] = drawn.astype(spec.dtype.as_numpy_dtype)
    if "support_size" in inputs:
        inputs["support_size"][:] = support
    if "steps" in inputs:
        inputs["steps"][:] = 2
    return inputs


def rebuilt(model: Any, seed: int) -> Any:
    """An untrained model of the same config, its weights from a seed."""
    keras.utils.set_random_seed(seed)
    return type(model).from_config(model.get_config())


@functools.cache
def rounds_alike() -> bool:
    """Whether a row of a matrix product is the same to the last bit wherever it stands, as it is with AVX-512 only."""
    generator = np.random.default_rng(0)

    def alike(rows: int, width: int, units: int) -> bool:
        x, kernel = (generator.normal(size=size).astype(np.float32) for size in ((rows, width), (width, units)))
        whole, order = tf.matmul(x, kernel).numpy(), generator.permutation(rows)
        parts = [tf.matmul(x[:at], kernel).numpy() for at in range(1, rows)]
        permuted = np.array_equal(tf.matmul(x[order], kernel), whole[order])
        return permuted and all(np.array_equal(part, whole[: len(part)]) for part in parts)

    return all(alike(*shape) for shape in ((9, 3, 16), (20, 8, 60), (21, 60, 200), (9, 128, 128)))


def same(got: Any, want: Any) -> None:
    """Compare what passed through matrix products in another order or with other rows beside it.

    To the last bit where this processor rounds a row of a product alike wherever it stands, and to float32's rounding where it
    does not.
    """
    got, want = np.asarray(got), np.asarray(want)
    if rounds_alike():
        np.testing.assert_array_equal(got, want)
    else:
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5 * max(1.0, np.abs(want).max()))


@contextlib.contextmanager
def opened_below(folder: Path) -> Iterator[Open]:
    """Runtimes that are started when they are first asked for, each once, for what lies below a folder."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda runtime: stack.enter_context(runtime.open(folder)))
