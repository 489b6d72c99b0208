"""Learners that ask for the label that would tell most: `learner.ask(x, y, candidates=…, at=…)`, endpoint `query_scores`.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, equations 5 and 6.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.padding import clamped

WIDEST = 8  # numbers in a label up to which a learner asks: every candidate is encoded once for each of them


@runtime_checkable
class Asks(Protocol):
    """Scores candidates for labelling."""

    def query_scores(
        self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, candidate_x: tf.Tensor, target_x: tf.Tensor
    ) -> tf.Tensor:
        """How strongly the prediction at a target `[B, ...]` hangs on the label of each candidate `[B, C, ...]`: `[B, C]`."""


def offered(learner: Any) -> bool:
    """Whether a learner asks; not about labels wider than `WIDEST`."""
    return isinstance(learner, Asks) and _width(learner) <= WIDEST


def _width(learner: Any) -> int:
    return learner.labels.shape.numbers or WIDEST + 1


def candidate_spec(learner: Any) -> dict[str, tf.TensorSpec]:
    """Name, shape and dtype of what `query_scores` takes beside the support."""
    sizes = learner.example.sizes
    return {
        "candidate_x": tf.TensorSpec([None, None, *sizes], tf.float32),
        "target_x": tf.TensorSpec([None, *sizes], tf.float32),
    }


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """`query_scores`, compiled."""
    return {"query_scores": lambda: compiled(_clamped(learner), *(learner.support_spec | candidate_spec(learner)).values())}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`query_scores`: support, candidates and target to `score [B, C]` and the `best` candidate `[B]`."""

    def query_scores(**inputs: tf.Tensor) -> Tensors:
        score = _clamped(learner)(**inputs)
        return {"score": score, "best": tf.argmax(score, axis=1, output_type=tf.int32)}

    inputs = learner.support_spec | candidate_spec(learner)
    axes = {**shared.axes, "target_x": ("tasks",), "candidate_x": ("tasks", "candidates")}
    return {"query_scores": Endpoint(query_scores, inputs, axes, choices={"best": "score"})}


def _clamped(learner: Any) -> Callable[..., tf.Tensor]:
    def query_scores(
        support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor, candidate_x: tf.Tensor, target_x: tf.Tensor
    ) -> tf.Tensor:
        return learner.query_scores(support_x, support_y, clamped(support_size, support_x), candidate_x, target_x)

    return query_scores
