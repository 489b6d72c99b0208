"""Learners that answer a stream: each example before its label, which then helps with those after it; endpoint `stream`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled


@runtime_checkable
class Streams(Protocol):
    """Learns while it answers."""

    def answer_stream(self, stream_x: tf.Tensor, stream_y: tf.Tensor) -> tf.Tensor:
        """Answers `[B, T, n]` to examples `[B, T, ...]` with labels `[B, T, n]`: none sees its own label, or what comes later."""


def offered(learner: Any) -> bool:
    """Whether a learner answers streams."""
    return isinstance(learner, Streams)


def spec(learner: Any) -> dict[str, tf.TensorSpec]:
    """Name, shape and dtype of the arguments of `answer_stream`, in order."""
    support = learner.support_spec
    return {f"stream_{part}": support[f"support_{part}"] for part in ("x", "y")}


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """`stream`, compiled for every number of tasks and places."""
    return {"stream": lambda: compiled(learner.answer_stream, *spec(learner).values())}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`stream`: a whole stream to `answers [B, T, n]`."""

    def stream(stream_x: tf.Tensor, stream_y: tf.Tensor) -> Tensors:
        return {"answers": learner.answer_stream(stream_x, stream_y)}

    axes = {f"stream_{part}": ("tasks", "places", *shared.axes[f"support_{part}"][2:]) for part in ("x", "y")}
    return {"stream": Endpoint(stream, spec(learner), {**shared.axes, **axes})}
