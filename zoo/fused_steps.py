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
    one_step = tf.function(learner.train_step, jit_compile=True, autograph=False)

    @tf.function(jit_compile=True, autograph=False)
    def all_steps(block):
        def body(step):
            learner.train_step(tf.nest.map_structure(lambda part: part[step], block))
            return [step + 1]

        tf.while_loop(lambda step: step < steps, body, [tf.constant(0)])
        return learner.get_metrics_result()

    @tf.function(autograph=False)
    def execute(iterator):
        found = [iterator.get_next_as_optional() for _ in range(steps)]

        def whole():
            episodes = [optional.get_value() for optional in found]
            return all_steps(tf.nest.map_structure(lambda *parts: tf.stack(parts), *episodes))

        def what_is_left():
            for optional in found:
                tf.cond(optional.has_value(), _then(one_step, optional), tf.no_op)
            return learner.get_metrics_result()

        return found[0].has_value(), tf.cond(found[-1].has_value(), whole, what_is_left)

    def train_function(iterator):
        if not _can_be_stacked(iterator):
            return stepwise(iterator)
        some, logs = execute(iterator)
        if not some:
            raise StopIteration
        return logs

    return train_function


def _then(step: Callable, optional: tf.experimental.Optional) -> Callable:
    def run():
        with tf.control_dependencies(tf.nest.flatten(step(optional.get_value()))):
            return tf.no_op()

    return run


def _can_be_stacked(iterator: Any) -> bool:
    if not isinstance(iterator, tf.data.Iterator):
        return False
    specs = tf.nest.flatten(iterator.element_spec)
    return all(isinstance(spec, tf.TensorSpec) and spec.shape.is_fully_defined() for spec in specs)
