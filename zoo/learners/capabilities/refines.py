"""Learners whose tasks improve by gradient steps on their own support: `learn(..., gradient_steps=5)`, endpoint `fine_tune`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import tensorflow as tf

from zoo.learners import fine_tuning
from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.padding import clamped
from zoo.utils.errors import ZooError

STEPS = tf.TensorSpec([None], tf.int32)


@runtime_checkable
class Refines(Protocol):
    """Has ways to fine-tune a learned task."""

    @property
    def adapt_steps(self) -> int:
        """How many of the first refiner's steps `adapt` is worth."""

    def refiners(self) -> dict[str, fine_tuning.Refiner]:
        """Ways to fine-tune, by name; the first one is the default. None where it is empty."""


def offered(learner: Any) -> bool:
    """Whether a learner takes gradient steps."""
    return isinstance(learner, Refines) and bool(learner.refiners())


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """`fine_tuned`: of each refiner by name, support and steps int32 `[B]` to learned tasks, compiled."""

    def make() -> dict[str, Callable]:
        return {on: compiled(_steps(way), *learner.support_spec.values(), STEPS) for on, way in learner.refiners().items()}

    return {"fine_tuned": make}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`fine_tune`: support, query and `steps [B]` of the default refiner to predictions."""

    def fine_tune(
        query_x: tf.Tensor, steps: tf.Tensor, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor
    ) -> Tensors:
        default = next(iter(learner.refiners().values()))
        return {"prediction": learner.apply(_steps(default)(support_x, support_y, support_size, steps), query_x)}

    inputs = learner.support_spec | learner.query_spec | {"steps": STEPS}
    return {"fine_tune": Endpoint(fine_tune, inputs, {**shared.axes, "steps": ("tasks",)})}


def _steps(refiner: fine_tuning.Refiner) -> Callable[..., Tensors]:
    def steps(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, count: tf.Tensor) -> Tensors:
        return fine_tuning.fine_tuned(refiner, support_x, support_y, clamped(support_size, support_x), count)

    return steps


def fine_tuned(learner: Any, support: tuple, gradient_steps: int | None, on: str | None) -> Tensors:
    """The learned task of one support after a user's number of gradient steps, by default as many as `adapt` is worth.

    Raises:
        ZooError: of a learner that takes none, for steps below 0 or above `MOST_STEPS`, or an unknown `on`.
    """
    if not offered(learner):
        raise ZooError(f"{learner.title} takes no gradient steps; learn without gradient_steps and on.")
    ways, most = learner.graphs.fine_tuned, fine_tuning.MOST_STEPS
    on = next(iter(ways)) if on is None else on
    if on not in ways:
        raise ZooError(f"on={on!r}: {learner.title} takes gradient steps on {' or '.join(map(repr, ways))}.")
    if not isinstance(gradient_steps, int | np.integer) or not 0 <= gradient_steps <= most:
        raise ZooError(f"gradient_steps={gradient_steps!r}: take a whole number of steps, 0 to {most}.")
    return learner.steps_taken(on, support, np.array([gradient_steps], np.int32))
