"""Learners that explain a prediction by how much each example of the support counted in it: endpoint `attention`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors


@runtime_checkable
class Attends(Protocol):
    """Weighs the examples of a support anew for every query."""

    def attention(self, task: Tensors, query_x: tf.Tensor) -> tf.Tensor:
        """How much each example counts for each query: `dict of [B, ...], [B, M, ...] -> [B, M, N]`."""


def offered(learner: Any) -> bool:
    """Whether a learner attends to examples."""
    return isinstance(learner, Attends)


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """None: only the endpoint is asked."""
    return {}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`attention`: learned task and query to `attention [B, M, N]`."""

    def attention(query_x: tf.Tensor, **task: tf.Tensor) -> Tensors:
        return {"attention": learner.attention(task, query_x)}

    return {"attention": Endpoint(attention, learner.graphs.task_spec | learner.query_spec, shared.axes)}
