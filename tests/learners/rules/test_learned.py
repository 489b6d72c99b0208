"""The learned rule adds what the LSTM proposes for every number of every weight, and keeps its state."""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import CoordinatewiseLSTM
from zoo.learners.rules.learned import Learned

GENERATOR = np.random.default_rng(0)
SHAPES = {"kernel": (3, 2), "bias": (2,)}


def drawn():
    return {name: tf.constant(GENERATOR.normal(size=[2, *shape]), tf.float32) for name, shape in SHAPES.items()}


def rule():
    keras.utils.set_random_seed(0)
    layer = CoordinatewiseLSTM(units=3)
    layer.build()
    return Learned(layer)


def test_every_number_of_every_weight_is_a_coordinate():
    learned, weights = rule(), drawn()
    state, moved = learned.start(weights), dict(weights)
    alone = {name: learned.optimizer.start(tf.reshape(value, [2, -1])) for name, value in weights.items()}
    for _ in range(3):
        gradient = drawn()
        moved, state = learned.step(gradient, state, moved)
        for name, value in weights.items():
            update, alone[name] = learned.optimizer(tf.reshape(gradient[name], [2, -1]), alone[name])
            weights[name] = value + tf.reshape(update, value.shape)
    for name, value in weights.items():
        np.testing.assert_allclose(moved[name], value, rtol=1e-5, atol=1e-6)


def test_a_gradient_is_a_constant_and_the_layer_is_not():
    learned, weights, gradient = rule(), drawn(), drawn()
    with tf.GradientTape() as tape:
        tape.watch(gradient)
        after, _ = learned.step(gradient, learned.start(weights), weights)
        loss = tf.reduce_sum(tf.square(after["kernel"]))
    slopes = tape.gradient(loss, [gradient["kernel"], *learned.optimizer.trainable_variables])
    assert slopes[0] is None
    assert all(np.any(slope) for slope in slopes[1:4])
