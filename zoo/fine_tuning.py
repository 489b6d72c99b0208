"""Fine-tuning a learned task by gradient steps on its support set: pure, and one step for all tasks at once.

Wu et al., "Meta-learning autoencoders for few-shot prediction" (2018), section 4: Adam (Kingma & Ba, 2015) on the generated
weights with learning rate 1e-3, Huber loss (delta = 1) on the support.
"""

from typing import NamedTuple

import tensorflow as tf

from zoo.endpoint import Tensors
from zoo.layers import clear_padding

LEARNING_RATE = 1e-3
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class Adam(NamedTuple):
    """State of Adam for a dict of tensors: first and second moment, and the number of steps taken."""

    first: Tensors
    second: Tensors
    steps: tf.Tensor


def adam(variables: Tensors) -> Adam:
    """Return the state of Adam before any step."""
    zeros = {name: tf.zeros_like(value) for name, value in variables.items()}
    return Adam(zeros, dict(zeros), tf.zeros([], tf.float32))


def adam_step(variables: Tensors, gradients: Tensors, state: Adam, learning_rate: float) -> tuple[Tensors, Adam]:
    """One step of Adam on a dict of tensors; nothing is assigned."""
    steps = state.steps + 1.0
    first = {name: BETA_1 * state.first[name] + (1 - BETA_1) * grad for name, grad in gradients.items()}
    second = {name: BETA_2 * state.second[name] + (1 - BETA_2) * tf.square(grad) for name, grad in gradients.items()}
    m_scale, v_scale = 1 / (1 - tf.pow(BETA_1, steps)), 1 / (1 - tf.pow(BETA_2, steps))
    moved = {
        name: value - learning_rate * first[name] * m_scale / (tf.sqrt(second[name] * v_scale) + EPSILON)
        for name, value in variables.items()
    }
    return moved, Adam(first, second, steps)


def huber(prediction: tf.Tensor, target: tf.Tensor, support_size: tf.Tensor) -> tf.Tensor:
    """Huber loss (delta = 1) of each task, the mean over its real rows and label width: `[B, N, n] -> [B]`."""
    error = tf.abs(prediction - target)
    loss = tf.where(error < 1, 0.5 * tf.square(error), error - 0.5)
    count = tf.cast(support_size * tf.shape(target)[2], loss.dtype)
    return tf.reduce_sum(clear_padding(loss, support_size), axis=[1, 2]) / count


def fine_tune_step(learner, task: Tensors, state: Adam, support_x, support_y, support_size, learning_rate=LEARNING_RATE):
    """Improve learned tasks by one step of Adam on their own support.

    Args:
        learner: any learner whose `apply` is differentiable in the learned task.
        task: learned tasks, `dict of [B, ...]`.
        state: from `adam(task)`, then from the step before.
        support_x, support_y, support_size: as for `adapt`.
        learning_rate: Adam's; the paper's by default.

    Returns:
        The improved tasks and the new state.
    """
    with tf.GradientTape() as tape:
        tape.watch(task)
        # Summed over tasks, the gradient of each task's own loss stays what it would be alone.
        loss = tf.reduce_sum(huber(learner.apply(task, support_x), support_y, support_size))
    return adam_step(task, tape.gradient(loss, task), state, learning_rate)
