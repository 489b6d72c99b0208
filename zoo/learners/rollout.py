"""Rollout: a network of time series predicts step after step from its own predictions."""

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.networks.task_network import TaskNetwork


def rollout(network: TaskNetwork, task: Tensors, query_x: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
    """Predict several steps ahead, each from the predictions before it.

    Args:
        network: of a time series.
        task: learned tasks, `dict of [B, ...]`.
        query_x: where to begin, `[B, M, ...]`.
        steps: how many steps of each task, int32 `[B]`.

    Returns:
        `[B, M, T, n]`, T being the most steps; a task that takes fewer stays where its last step led.
    """
    state = network.begin(query_x)
    most = tf.reduce_max(steps)
    path = tf.tile(tf.expand_dims(tf.zeros_like(network.emit(state)), 2), tf.stack([1, 1, most, 1]))  # [B, M, T, n]

    def step(now: tf.Tensor, state: tf.Tensor, path: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        going = tf.reshape(now < steps, [-1, 1, 1])
        state = tf.where(going, network.advance(task, state), state)
        here = tf.reshape(tf.one_hot(now, most, dtype=path.dtype), [1, 1, -1, 1])
        return now + 1, state, path + here * tf.expand_dims(network.emit(state), 2)

    shapes = tf.TensorShape([]), state.shape, path.shape[:2].concatenate([None, path.shape[3]])
    _, _, path = tf.while_loop(lambda now, *_: now < most, step, (tf.constant(0), state, path), shape_invariants=shapes)
    return path
