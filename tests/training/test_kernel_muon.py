import keras
import numpy as np
import pytest

from zoo.training.kernel_muon import KernelMuon


def stepped(optimizer, start, gradient):
    variable = keras.Variable(start)
    optimizer.build([variable])
    optimizer.apply([keras.ops.convert_to_tensor(gradient)])
    return variable.numpy()


@pytest.mark.parametrize("shape", [(3, 3, 2, 5), (1, 1, 7, 4)])
def test_a_kernel_steps_as_the_matrix_that_it_is(shape):
    generator = np.random.default_rng(0)
    start, gradient = (generator.normal(size=shape).astype(np.float32) for _ in range(2))
    options = {"learning_rate": 0.1, "weight_decay": None}
    kernel = stepped(KernelMuon(**options), start, gradient)
    matrix = stepped(keras.optimizers.Muon(**options), start.reshape(-1, shape[-1]), gradient.reshape(-1, shape[-1]))
    np.testing.assert_allclose(kernel.reshape(matrix.shape), matrix, atol=1e-6)
    lengths = np.linalg.svd((start - kernel).reshape(matrix.shape), compute_uv=False)
    assert np.ptp(lengths) < 0.75 * lengths[0]  # the iteration comes near to equal ones


def test_a_vector_takes_adams_step():
    start, gradient = np.ones(4, np.float32), np.array([1.0, -2.0, 3.0, -4.0], np.float32)
    np.testing.assert_allclose(stepped(KernelMuon(0.1), start, gradient), start - 0.1 * np.sign(gradient), atol=1e-3)


def test_it_survives_being_saved():
    one = KernelMuon(0.1, momentum=0.8)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(one))
    assert isinstance(again, KernelMuon)
    assert again.momentum == 0.8
