"""One step of a stack of LSTMs by hand, for every row on its own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import LSTMStack

GENERATOR = np.random.default_rng(0)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_a_step_is_that_of_the_equations():
    keras.utils.set_random_seed(0)
    layer = LSTMStack(3, 2)
    x, state = (GENERATOR.normal(size=size).astype(np.float32) for size in ((2, 4, 5), (2, 4, 12)))
    output, after = layer(x, state)
    seen, kept = x, []
    for number in range(2):
        hidden, cell = state[..., 6 * number : 6 * number + 3], state[..., 6 * number + 3 : 6 * number + 6]
        kernel, bias = layer.kernels[number].numpy(), layer.biases[number].numpy()
        enter, forget, leave, new = np.split(np.concatenate([seen, hidden], axis=-1) @ kernel + bias, 4, axis=-1)
        cell = sigmoid(forget + 1.0) * cell + sigmoid(enter) * np.tanh(new)
        seen = sigmoid(leave) * np.tanh(cell)
        kept += [seen, cell]
    np.testing.assert_allclose(output, seen, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(after, np.concatenate(kept, axis=-1), rtol=1e-5, atol=1e-6)


def test_it_is_the_lstm_of_keras_with_forget_biases_of_one():
    keras.utils.set_random_seed(1)
    layer, cell = LSTMStack(4, 1), keras.layers.LSTMCell(4)
    layer.build((None, None, 3))
    kernel = layer.kernels[0].numpy()
    order = np.concatenate([np.arange(at, at + 4) for at in (0, 4, 12, 8)])  # Keras' gates: input, forget, new, output
    cell.build((None, 3))
    cell.set_weights([kernel[:3, order], kernel[3:, order], np.concatenate([np.zeros(4), np.ones(4), np.zeros(8)])])
    state, want = tf.zeros([1, 6, 8]), [tf.zeros([6, 4])] * 2
    for _ in range(3):
        x = GENERATOR.normal(size=[1, 6, 3]).astype(np.float32)
        output, state = layer(x, state)
        expected, want = cell(x[0], want)
        np.testing.assert_allclose(output[0], expected, rtol=1e-5, atol=1e-6)


def test_weights_may_start_in_a_narrow_range():
    layer = LSTMStack(4, 1, spread=0.01)
    layer.build((None, None, 2))
    assert all(0.0 < np.abs(weight.numpy()).max() <= 0.01 for weight in layer.weights)


def test_sizes_that_are_none_are_refused():
    with pytest.raises(ValueError, match="LSTMStack"):
        LSTMStack(0)
    with pytest.raises(ValueError, match="last size of its input must be known"):
        LSTMStack(2).build((None, None, None))
