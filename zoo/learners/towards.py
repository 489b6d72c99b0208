"""Reptile's training step: move the weights that tasks start from towards those that a pass over each task leads to.

A. Nichol, J. Achiam, J. Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2. Departure: the batches of a task
are every K-th of its examples, in place of a random order, so that each shows all classes of a sorted support alike.
"""

import tensorflow as tf

from zoo.learners.endpoint import Tensors
from zoo.learners.fine_tuning import parts
from zoo.learners.gradient_learner import GradientLearner
from zoo.learners.meta_learner import support_of


def way_to_adapted(learner: GradientLearner, episode: Tensors, batches: int) -> Tensors:
    """How far the initial weights are from those after a pass over so many batches of each task, `dict of [B, ...]`."""
    return passed_over(learner, episode, batches)[0]


def passed_over(learner: GradientLearner, episode: Tensors, batches: int) -> tuple[Tensors, Tensors]:
    """As `way_to_adapted`, and what the rule keeps after the pass, `dict of [B, ...]`."""
    support_x, support_y, size = support_of(episode)
    support_x, support_y = (_of_rows(part, batches) for part in (support_x, support_y))
    inner = learner.inner_loop()
    start = learner.task_network.initial(support_y)
    state = inner.start(support_x, support_y, size)
    for batch in range(batches):
        x, y = support_x[:, batch::batches], support_y[:, batch::batches]
        real = tf.maximum((size - batch + batches - 1) // batches, 0)  # of the batch; one without a real row moves nothing
        state = inner.step(state, x, y, real)
    moved, kept = parts(state)
    way = {name: value - tf.stop_gradient(moved[name]) for name, value in start.items()}
    return way, {name: tf.stop_gradient(part) for name, part in kept.items()}


def half_squared_distance(ways: Tensors, truth: tf.Tensor) -> tf.Tensor:
    """The mean over tasks of half the squared distance, whose gradient is the mean of start minus adapted."""
    tasks = tf.cast(tf.shape(truth)[0], tf.float32)
    return tf.add_n([tf.reduce_sum(tf.square(part)) for part in ways.values()]) / (2.0 * tasks)


def _of_rows(support: tf.Tensor, least: int) -> tf.Tensor:
    """The same with padding up to so many rows, `[B, N, ...]`, so that no batch is without any."""
    support = tf.convert_to_tensor(support)
    short = tf.maximum(least - tf.shape(support)[1], 0)
    return tf.pad(support, [[0, 0], [0, short], *[[0, 0]] * (support.shape.rank - 2)])
