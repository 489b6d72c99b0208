"""The preprocessing of gradients, on the numbers of the paper's two cases."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import log_and_sign


@pytest.mark.parametrize(
    ("x", "want"),
    [
        (0.0, (-1.0, 0.0)),
        (np.exp(-10.0), (-1.0, 1.0)),
        (-np.exp(-10.0), (-1.0, -1.0)),
        (0.5 * np.exp(-10.0), (-1.0, 0.5)),
        (1.0, (0.0, 1.0)),
        (-1e3, (np.log(1e3) / 10, -1.0)),  # its first number has no upper limit
    ],
)
def test_large_numbers_show_their_logarithm_and_small_ones_their_value(x, want):
    np.testing.assert_allclose(log_and_sign(tf.constant(x, tf.float32)), want, rtol=1e-5, atol=1e-6)


def test_p_says_how_small_a_number_may_be():
    np.testing.assert_allclose(log_and_sign(tf.constant([np.exp(-5.0), 1.0]), 5.0), [[-1.0, 1.0], [0.0, 1.0]], atol=1e-6)


def test_the_derivative_is_a_number_everywhere():
    x = tf.constant([0.0, 1e-30, -1e-6, 1.0, 1e30])
    with tf.GradientTape() as tape:
        tape.watch(x)
        seen = log_and_sign(x)
    assert np.isfinite(tape.gradient(seen, x)).all()
