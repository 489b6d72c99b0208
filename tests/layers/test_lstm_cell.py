"""A step of an LSTM is that of Keras' cell, whatever way its gates come."""

import keras
import numpy as np
import tensorflow as tf

from zoo.layers.lstm_cell import lstm, lstm_step


def test_a_step_is_that_of_keras():
    keras.utils.set_random_seed(1)
    cell = keras.layers.LSTMCell(3)
    generator = np.random.default_rng(0)
    x, hidden, kept = (generator.normal(size=shape).astype(np.float32) for shape in ((2, 4), (2, 3), (2, 3)))
    want, (_, want_kept) = cell(x, [hidden, kept])
    gates = x @ cell.kernel + hidden @ cell.recurrent_kernel + cell.bias
    for got, got_kept in (lstm(gates, kept), lstm_step(*tf.split(gates, 4, axis=-1), kept)):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(got_kept, want_kept, rtol=1e-5, atol=1e-6)
