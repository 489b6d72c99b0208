"""Episodes as `tf.data`: the shape they have, and how a stream of them is drawn from a seed and can start at any step.

An episode batch is an ordinary Keras example, `(inputs, query_y)` or `(inputs, query_y, weight)`:

    inputs = {"support_x": [B, N, ...], "support_y": [B, N, n], "support_size": int32 [B], "query_x": [B, M, ...]}
    query_y [B, M, n], weight [B, 1]: the weight of each task in the loss
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import tensorflow as tf


class Tasks(NamedTuple):
    """Tasks drawn for evaluation, as arrays: support_x, support_y, support_size, query_x, query_y."""

    support_x: np.ndarray
    support_y: np.ndarray
    support_size: np.ndarray
    query_x: np.ndarray
    query_y: np.ndarray


class Questions(NamedTuple):
    """Tasks in which one of several candidates may be labelled before the prediction at one target is judged, as arrays.

    support_x `[B, N, ...]`, support_y and support_size as in `Tasks`; candidate_x `[B, C, ...]`, candidate_y `[B, C, n]`;
    target_x `[B, ...]`, target_y `[B, n]`.
    """

    support_x: np.ndarray
    support_y: np.ndarray
    support_size: np.ndarray
    candidate_x: np.ndarray
    candidate_y: np.ndarray
    target_x: np.ndarray
    target_y: np.ndarray


class Episodes(Protocol):
    """What an entry is trained and judged on."""

    metric: str  # what `errors` measures, in words
    horizon: int  # steps predicted one after the other in evaluation; 1 where examples are no time series
    test_tasks: int  # tasks that a card is measured on

    def stream(self, tasks_per_step: int, seed: int, start: int = 0) -> tf.data.Dataset:
        """Endless training episodes from a seed, beginning at step `start`, the same each time."""

    def conditions(self) -> list[dict[str, Any]]:
        """The conditions that a card reports, each a set of arguments of `draw`; the first is the headline."""

    def draw(self, tasks: int, seed: int, **condition: Any) -> Tasks:
        """Tasks for evaluation; never ones that any `stream` gives."""

    def errors(self, predicted: np.ndarray, query_y: np.ndarray) -> list[tuple[dict[str, Any], np.ndarray]]:
        """Error of every task, `[B]`, under each further condition that one prediction answers; the headline first.

        Predictions and labels are `[B, M, n]`, or `[B, M, horizon, n]` where the horizon is more than 1.
        """


def numbered(make: Callable[[tf.Tensor], Any], block: int, start: int = 0) -> tf.data.Dataset:
    """Number the steps of a stream, so that step k is the same whether it comes first or after a restart.

    Args:
        make: a block's number, int64 scalar, to the episodes of that block, each tensor `[block, B, ...]`. Drawing many
            steps at once costs far less than drawing each.
        block: steps in a block.
        start: the step to begin with.
    """
    blocks = tf.data.Dataset.counter(start // block)
    steps = blocks.map(make, num_parallel_calls=1, deterministic=True).unbatch()
    options = tf.data.Options()
    options.autotune.enabled = False  # nothing here is left to tune, and its thread holds up the end of every `fit` by seconds
    return steps.skip(start % block).prefetch(2 * block).with_options(options)


def episode(support_x, support_y, support_size, query_x, query_y, *weight):
    """Name the parts of an episode batch as Keras wants them."""
    names = ("support_x", "support_y", "support_size", "query_x")
    return dict(zip(names, (support_x, support_y, support_size, query_x), strict=True)), query_y, *weight
