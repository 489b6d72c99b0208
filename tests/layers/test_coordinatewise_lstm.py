"""The LSTM optimizer: shared by all coordinates, each on its own; the paper's parameter counts."""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers import CoordinatewiseLSTM, log_and_sign

GENERATOR = np.random.default_rng(0)
CLOSE = {"rtol": 1e-5, "atol": 1e-6}  # a vector of hyperbolic tangents may round its tail otherwise


def made(**options):
    keras.utils.set_random_seed(0)
    layer = CoordinatewiseLSTM(**options)
    layer.build()
    return layer


def drawn(layer, coordinates=7, scale=1.0):
    gradient = (scale * GENERATOR.normal(size=[2, coordinates])).astype(np.float32)
    return gradient, GENERATOR.normal(size=[2, coordinates, layer.state_size]).astype(np.float32)


def test_it_has_as_many_parameters_as_published():
    assert made().count_params() == 5_141
    assert made(preprocessing=None, scale=1.0).count_params() == 5_061


def test_the_update_is_linear_in_what_the_stack_gives():
    layer = made(units=3, layers=1, preprocessing=5.0, scale=0.01)
    gradient, state = drawn(layer)
    update, after = layer(gradient, state)
    hidden, want = layer.stack(log_and_sign(tf.constant(gradient), 5.0), state)
    np.testing.assert_allclose(update, 0.01 * (hidden.numpy() @ layer.kernel.numpy() + layer.bias.numpy())[..., 0], rtol=1e-5)
    np.testing.assert_array_equal(after, want)


def test_the_order_of_coordinates_means_nothing_and_each_is_on_its_own():
    layer = made(units=4)
    gradient, state = drawn(layer)
    order = GENERATOR.permutation(7)
    (update, after), (turned, turned_after) = layer(gradient, state), layer(gradient[:, order], state[:, order])
    np.testing.assert_allclose(turned, update.numpy()[:, order], **CLOSE)
    np.testing.assert_allclose(turned_after, after.numpy()[:, order], **CLOSE)
    other = gradient.copy()
    other[:, 1:] = 1e30
    np.testing.assert_allclose(layer(other, state)[0].numpy()[:, 0], update.numpy()[:, 0], **CLOSE)


def test_it_starts_at_zeros_for_any_number_of_coordinates():
    layer = made(units=4)
    for coordinates in (1, 5):
        start = layer.start(tf.fill([3, coordinates], 2.0))
        assert start.shape == (3, coordinates, layer.state_size) and not np.any(start)


def test_the_derivative_of_several_steps_is_the_difference_quotient():
    layer = made(units=3, layers=2, dtype="float64")
    gradients = [tf.constant(GENERATOR.normal(size=[1, 4])) for _ in range(3)]

    def loss():
        state, total = layer.start(gradients[0]), tf.zeros([1, 4], tf.float64)
        for gradient in gradients:
            update, state = layer(gradient, state)
            total += update
        return tf.reduce_sum(tf.square(total))

    with tf.GradientTape() as tape:
        value = loss()
    for variable, slope in zip(layer.trainable_variables, tape.gradient(value, layer.trainable_variables), strict=True):
        start, along = variable.numpy(), GENERATOR.normal(size=variable.shape)
        ends = []
        for step in (1e-6, -1e-6):
            variable.assign(start + step * along)
            ends.append(float(loss()))
        variable.assign(start)
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-6, np.sum(slope * along), rtol=1e-5, atol=1e-9)
