import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import absolute_determinant

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_determinants_are_numpys(size):
    matrices = GENERATOR.normal(size=(50, size, size)).astype(np.float32)
    matrices[0] = 0
    matrices[1, :, 0] = 0
    matrices[2] = np.eye(size)[::-1]
    got = tf.function(absolute_determinant, input_signature=[tf.TensorSpec([None, size, size])])(matrices)
    np.testing.assert_allclose(got, np.abs(np.linalg.det(matrices.astype(np.float64))), rtol=1e-3, atol=1e-5)


def test_a_zero_in_the_corner_and_a_rank_too_low_need_pivots():
    matrices = np.array([[[0, 2, 0], [0, 0, 3], [5, 0, 0]], [[1, 2, 3], [2, 4, 6], [1, 1, 1]]], np.float32)
    np.testing.assert_array_equal(absolute_determinant(matrices), [30.0, 0.0])
