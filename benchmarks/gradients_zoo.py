"""Meta-steps of MAML and of the LSTM optimizer as users of the zoo take them: a compiled Keras model, one step a call."""

import functools
import itertools
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from gradients_problem import (
    ADAM_EPSILON,
    BATCH,
    DIGITS,
    HIDDEN,
    INNER_RATE,
    LEARNED_RATE,
    MAML,
    OUTER_RATE,
    PIXELS,
    SEGMENT,
    Optimizer,
)
from side_by_side import Steps

from zoo.datasets.optimizees.optimizee import Instances, Optimizee
from zoo.models.lstm_optimizer import LSTMOptimizer
from zoo.models.maml_pictures import PictureMAML, PictureMAMLConfig


def _maml(argument, jit=True, first_order=False):
    problem = MAML.read(argument)
    config = PictureMAMLConfig(
        filters=(problem.filters,) * 4,
        ways=problem.ways,
        training_steps=problem.steps,
        inner_steps=problem.steps,
        inner_rate=INNER_RATE,
        first_order=first_order,
    )
    learner = PictureMAML(config)
    for name, value in problem.weights().items():
        learner.convnet.start[name].assign(value)
    batches = []
    for batch in problem.batches():
        support_y, query_y = (tf.one_hot(batch[f"{part}_y"], problem.ways) for part in ("support", "query"))
        size = tf.fill([problem.tasks], problem.ways * problem.shots)
        episode = {"support_x": batch["support_x"], "support_y": support_y, "support_size": size, "query_x": batch["query_x"]}
        batches.append(({name: tf.constant(part) for name, part in episode.items()}, query_y))
    return _trained(learner, keras.losses.CategoricalCrossentropy(from_logits=True), batches, OUTER_RATE, jit)


@dataclass(frozen=True)
class GivenDigits(Optimizee):
    """The network of `zoo.datasets.DigitNetwork` on pictures `[B, 21, 128, 784]` that are handed in, with their digits."""

    @property
    def size(self) -> int:
        return Optimizer().size

    def loss(self, weights: tf.Tensor, instances: Instances, step: int | tf.Tensor) -> tf.Tensor:
        sizes = (PIXELS * HIDDEN, HIDDEN, HIDDEN * DIGITS, DIGITS)
        first, first_bias, second, second_bias = tf.split(weights, sizes, axis=1)
        hidden = tf.matmul(instances["x"][:, step], tf.reshape(first, [-1, PIXELS, HIDDEN])) + first_bias[:, None]
        logits = tf.matmul(tf.sigmoid(hidden), tf.reshape(second, [-1, HIDDEN, DIGITS])) + second_bias[:, None]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(instances["y"][:, step], logits)  # [B, 128]
        return tf.reduce_mean(each, axis=1)


class Given:
    """What `LSTMOptimizer.prepare` asks of a benchmark."""

    optimizees = (GivenDigits(),)


def _optimizer(argument, jit=True):
    problem, learner = Optimizer(), LSTMOptimizer()
    for variable in learner.rule.trainable_variables:
        variable.assign(problem.weights()[variable.name])
    learner.unrolled.on = lambda benchmark: learner.unrolled  # the zoo's own benchmark draws what it shows
    learner.prepare(Given(), 1)
    data = problem.data()
    episode = {name: tf.constant(part[None]) for name, part in data.items()} | {"fresh": tf.ones([1])}
    assert episode["x"].shape == (1, SEGMENT + 1, BATCH, PIXELS)
    return _trained(learner, None, [(episode, None)], LEARNED_RATE, jit)


def _trained(learner, loss, batches, rate, jit):
    learner.compile(keras.optimizers.Adam(rate, epsilon=ADAM_EPSILON), loss, jit_compile=jit)

    @tf.function(jit_compile=jit)
    def slope(episode, truth):
        with tf.GradientTape() as tape:
            outputs = learner(episode, training=True)
            value = learner.compute_loss(episode, truth, outputs)
        return value, tf.linalg.global_norm(tape.gradient(value, learner.trainable_variables))

    facts = tuple(float(np.asarray(part)) for part in slope(*batches[0]))
    turn = itertools.cycle(batches)

    def step() -> int:
        learner.train_on_batch(*next(turn))
        return 1

    return Steps(step, facts)


WAYS = {
    "maml": _maml,
    "maml_graph": functools.partial(_maml, jit=False),
    "maml_first_order": functools.partial(_maml, first_order=True),
    "optimizer": _optimizer,
    "optimizer_graph": functools.partial(_optimizer, jit=False),
}
