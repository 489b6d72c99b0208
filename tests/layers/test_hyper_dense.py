import numpy as np
import pytest

from zoo.layers import HyperDense, task_dense

GENERATOR = np.random.default_rng(0)


def test_task_dense_is_one_dense_layer_per_task():
    x, kernel, bias = (GENERATOR.normal(size=shape).astype(np.float32) for shape in ((4, 7, 2), (4, 2, 3), (4, 3)))
    got = task_dense(x, kernel, bias).numpy()
    for task in range(4):
        np.testing.assert_allclose(got[task], x[task] @ kernel[task] + bias[task], rtol=1e-5, atol=1e-6)


def test_kernel_and_bias_come_from_separate_networks():
    layer = HyperDense(2, 3, hidden=(5,))
    code = GENERATOR.normal(size=(4, 6)).astype(np.float32)
    kernel, bias = layer(code)
    assert (kernel.shape, bias.shape) == ((4, 2, 3), (4, 3))
    np.testing.assert_array_equal(kernel, np.reshape(layer.kernel_generator(code), (4, 2, 3)))
    np.testing.assert_array_equal(bias, layer.bias_generator(code))


def test_base_gives_all_tasks_a_well_scaled_start():
    layer = HyperDense(40, 40, output_gain=0.0, base=True)
    kernel, bias = layer(np.zeros((1, 4), np.float32))
    assert np.std(kernel) == pytest.approx((2 / 80) ** 0.5, rel=0.1)
    assert not np.any(bias)


@pytest.mark.parametrize("widths", [(0, 1), (1, 0), (-1, 4)])
def test_empty_layer_is_refused(widths):
    with pytest.raises(ValueError, match="1 or more"):
        HyperDense(*widths)
