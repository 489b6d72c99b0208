"""Learners of time series predict step after step from their own predictions: `task.rollout(x, steps)`, endpoint `rollout`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.padding import clamped

STEPS = tf.TensorSpec([None], tf.int32)


@runtime_checkable
class RollsOut(Protocol):
    """Examples are past outputs, and predictions become examples."""

    @property
    def past_outputs(self) -> int:
        """Past outputs in an example; 0 where examples are no time series, and then there is no rollout."""

    def rollout(self, task: Tensors, query_x: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
        """Predict `steps`, int32 `[B]`: `dict of [B, ...], [B, M, ...] -> [B, M, T, n]`, T being the most steps."""


def offered(learner: Any) -> bool:
    """Whether a learner's examples are past outputs."""
    return isinstance(learner, RollsOut) and learner.past_outputs > 0


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """`rollout`, compiled for every number of tasks, queries and steps."""
    return {"rollout": lambda: compiled(learner.rollout, learner.graphs.task_spec, learner.query_spec["query_x"], STEPS)}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`rollout`: support, query and `steps [B]` to `path [B, M, T, n]`."""

    def rollout(
        query_x: tf.Tensor, steps: tf.Tensor, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor
    ) -> Tensors:
        task = learner.adapt(support_x, support_y, clamped(support_size, support_x))
        return {"path": learner.rollout(task, query_x, steps)}

    inputs = learner.support_spec | learner.query_spec | {"steps": STEPS}
    return {"rollout": Endpoint(rollout, inputs, {**shared.axes, "steps": ("tasks",)})}
