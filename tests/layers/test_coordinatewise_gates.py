"""The gates of the meta-learner LSTM: its equations on numbers, shared by coordinates, and where they start."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import CoordinatewiseGates, log_and_sign

GENERATOR = np.random.default_rng(0)
CLOSE = {"rtol": 1e-5, "atol": 1e-6}  # a vector of hyperbolic tangents may round its tail otherwise


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def made(**options):
    keras.utils.set_random_seed(0)
    layer = CoordinatewiseGates(**options)
    layer.build()
    return layer


def drawn(layer, coordinates=5):
    shapes = ([2, coordinates], [2, 1], [2, coordinates], [2, coordinates, layer.state_size])
    return [GENERATOR.normal(size=shape).astype(np.float32) for shape in shapes]


@pytest.mark.parametrize("feedback", ["sigmoid", "logit"])
def test_a_step_is_that_of_the_equations(feedback):
    layer = made(units=3, feedback=feedback)
    for weight in layer.trainable_variables:  # larger than they start, so that every part tells
        weight.assign(GENERATOR.normal(size=weight.shape))
    gradient, loss, weights, state = drawn(layer)
    after, state_after = layer(gradient, loss, weights, state)
    told = log_and_sign(tf.constant(loss + np.zeros_like(gradient))), log_and_sign(tf.constant(gradient))
    hidden, memory = layer.stack(tf.concat(told, axis=-1), state[..., :6])
    gates = []
    for place, name in ((6, "input"), (7, "forget")):
        seen = np.concatenate([hidden, weights[..., None], state[..., place : place + 1]], axis=-1)
        kernel, bias = (getattr(layer, f"{name}_{part}").numpy() for part in ("kernel", "bias"))
        gates.append((seen @ kernel + bias)[..., 0])
    np.testing.assert_allclose(after, sigmoid(gates[1]) * weights - sigmoid(gates[0]) * gradient, rtol=1e-4, atol=1e-5)
    fed_back = gates if feedback == "logit" else [sigmoid(gate) for gate in gates]
    np.testing.assert_allclose(state_after, np.concatenate([memory, np.stack(fed_back, axis=-1)], axis=-1), rtol=1e-4, atol=1e-5)


def test_it_starts_as_slow_descent_that_forgets_nearly_nothing():
    layer = made()
    gradient, loss, weights, _ = drawn(layer)
    enter, forget, _ = layer.gates(tf.constant(gradient), tf.constant(loss), tf.constant(weights), layer.start(weights))
    assert 0.005 < float(tf.reduce_min(enter)) <= float(tf.reduce_max(enter)) < 0.02
    assert float(tf.reduce_min(forget)) > 0.97
    assert layer.count_params() == 2_000 + 46


def test_the_order_of_coordinates_means_nothing():
    layer = made(units=4)
    gradient, loss, weights, state = drawn(layer)
    order = GENERATOR.permutation(5)
    turned = layer(gradient[:, order], loss, weights[:, order], state[:, order])
    for got, want in zip(turned, layer(gradient, loss, weights, state), strict=True):
        np.testing.assert_allclose(got, want.numpy()[:, order], **CLOSE)


def test_another_feedback_is_refused():
    with pytest.raises(ValueError, match="choose sigmoid or logit"):
        CoordinatewiseGates(feedback="tanh")
