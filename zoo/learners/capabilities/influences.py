"""Learners that know how much each example of a support counted: `learner.influence`, `learn(..., keep=5)`, endpoint `influence`.

T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018, equation 4.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import tensorflow as tf

from zoo.learners.endpoint import Endpoint, Tensors
from zoo.learners.graphs import compiled
from zoo.learners.padding import clamped
from zoo.utils.errors import ZooError


@runtime_checkable
class Influences(Protocol):
    """Knows each example's influence on the learned task."""

    def influence_of(self, support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        """Influence of every example, `[B, N]` in [0, 1]; those of real examples add up to 1, padding has 0."""

    def shares_of(self, task: Any) -> np.ndarray:
        """The influence of the examples that a task model was learned from, float32 `[N]`."""


def offered(learner: Any) -> bool:
    """Whether a learner knows influence."""
    return isinstance(learner, Influences)


def functions(learner: Any) -> Mapping[str, Callable[[], Any]]:
    """`influence`: `influence_of`, compiled."""
    return {"influence": lambda: compiled(_clamped(learner), *learner.support_spec.values())}


def endpoints(learner: Any, shared: Endpoint) -> dict[str, Endpoint]:
    """`influence`: a support to the influence of each example, `[B, N]`."""

    def influence(**support: tf.Tensor) -> Tensors:
        return {"influence": _clamped(learner)(**support)}

    return {"influence": Endpoint(influence, learner.support_spec, shared.axes)}


def _clamped(learner: Any) -> Callable[..., tf.Tensor]:
    def influence(support_x: tf.Tensor, support_y: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
        return learner.influence_of(support_x, support_y, clamped(support_size, support_x))

    return influence


def most_influential(learner: Any, support: tuple, keep: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One task's `keep` examples that count most, in the order they came in; of equals the first ones.

    Raises:
        ZooError: of a learner without influence, or for `keep` below 1 or above N.
    """
    if not offered(learner):
        raise ZooError(f"{learner.title} has no influence to keep examples by; learners that read a set have, such as MeLA.")
    support_x, support_y, support_size = support
    count = int(support_size[0])
    if not 1 <= keep <= count:
        raise ZooError(f"keep={keep!r}, but there are {count} examples; keep between 1 and {count} of them.")
    influence = learner.graphs.influence(support_x, support_y, support_size).numpy()[0]
    chosen = np.sort(np.argsort(-influence, kind="stable")[:keep])
    return support_x[:, chosen], support_y[:, chosen], np.array([keep], np.int32)
