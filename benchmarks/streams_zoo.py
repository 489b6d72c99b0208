"""A training step of MANN as users of the zoo take it: a compiled Keras model, one step a call."""

import functools
import itertools

import keras
import streams_problem as problem
import tensorflow as tf
from side_by_side import Steps

from zoo.models.mann import Mann, MannConfig


def _mann(argument, jit=True):
    learner = Mann(MannConfig())
    given = problem.weights()
    for name in ("looked", "told", "recalled", "recurrent", "readout"):
        layer = getattr(learner, name)
        layer.kernel.assign(given[f"{name}_kernel"])
        if layer.use_bias:
            layer.bias.assign(given[f"{name}_bias"])
    for weight in learner.memory.weights:
        weight.assign(given[weight.name])
    batches = []
    for x, y in problem.batches():
        pictures = tf.constant(x.reshape(problem.STREAMS, problem.STEPS, 20, 20, 1))
        batches.append(({"stream_x": pictures, "stream_y": tf.constant(y)}, tf.constant(y)))
    learner.compile(
        keras.optimizers.Adam(problem.RATE, epsilon=problem.ADAM_EPSILON),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=jit,
    )

    @tf.function(jit_compile=jit)
    def slope(episode, truth):
        with tf.GradientTape() as tape:
            value = learner.compute_loss(episode, truth, learner(episode, training=True))
        return value, tf.linalg.global_norm(tape.gradient(value, learner.trainable_variables))

    facts = tuple(float(part) for part in slope(*batches[0]))
    turn = itertools.cycle(batches)

    def step() -> int:
        learner.train_on_batch(*next(turn))
        return 1

    return Steps(step, facts)


WAYS = {"mann": _mann, "mann_graph": functools.partial(_mann, jit=False)}
