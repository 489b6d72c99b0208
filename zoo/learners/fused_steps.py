"""Many training steps as one XLA program: what `steps_per_execution` means for a learner compiled with `jit_compile=True`.

Keras runs the steps of one execution as a loop of separate programs, and each start costs a good part of a small learner's step.
Here the episodes of one execution are stacked and the loop itself is compiled.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def fused(learner: Any, stepwise: Callable) -> Callable:
    """Return a train function for `fit` that runs all steps of an execution in one program.

    Args:
        learner: a compiled Keras model; its `train_step` must report metrics, as Keras' own does.
        stepwise: Keras' own train function, used where the shapes of a batch are not known beforehand.
    """
    steps = learner.steps_per_execution

    @tf.function(jit_compile=True, autograph=False)
    def all_steps(block: Any, count: tf.Tensor) -> Any:
        def body(step: tf.Tensor) -> list[tf.Tensor]:
            learner.train_step(tf.nest.map_structure(lambda part: part[step], block))
            return [step + 1]

        tf.while_loop(lambda step: step < count, body, [tf.constant(0)])
        return learner.get_metrics_result()

    @tf.function(autograph=False)
    def execute(iterator: tf.data.Iterator) -> tuple[tf.Tensor, Any]:
        block, count = _take(iterator, steps)
        return count, all_steps(block, count)

    def train_function(iterator: Any) -> Any:
        if not _can_be_stacked(iterator):
            return stepwise(iterator)
        count, logs = execute(iterator)
        if not count:
            raise StopIteration
        return logs

    return train_function


def _take(iterator: tf.data.Iterator, most: int) -> tuple[Any, tf.Tensor]:
    """Stack up to `most` elements; return them, zeros after the last one, and how many there were."""
    spec = iterator.element_spec
    parts = [tf.TensorArray(part.dtype, most, element_shape=part.shape) for part in tf.nest.flatten(spec)]

    def body(_: tf.Tensor, count: tf.Tensor, parts: list) -> tuple[tf.Tensor, tf.Tensor, list]:
        optional = iterator.get_next_as_optional()

        def write() -> tuple[tf.Tensor, list]:
            values = tf.nest.flatten(optional.get_value())
            return count + 1, [part.write(count, value) for part, value in zip(parts, values, strict=True)]

        found = optional.has_value()
        return found, *tf.cond(found, write, lambda: (count, parts))

    start = (tf.constant(True), tf.constant(0), parts)
    _, count, parts = tf.while_loop(lambda found, count, _: found & (count < most), body, start)
    return tf.nest.pack_sequence_as(spec, [part.stack() for part in parts]), count


def _can_be_stacked(iterator: Any) -> bool:
    if not isinstance(iterator, tf.data.Iterator):
        return False
    specs = tf.nest.flatten(iterator.element_spec)
    return all(isinstance(spec, tf.TensorSpec) and spec.shape.is_fully_defined() for spec in specs)
