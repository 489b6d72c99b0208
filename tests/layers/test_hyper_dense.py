import numpy as np
import pytest

from zoo.layers import HyperDense, generate_network

GENERATOR = np.random.default_rng(0)


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


def test_without_base_all_biases_start_at_zero():
    kernel, bias = HyperDense(3, 2)(np.zeros((1, 4), np.float32))
    assert not np.any(kernel)
    assert not np.any(bias)


def test_a_network_has_a_float32_kernel_and_bias_from_each_generator():
    generators = [HyperDense(2, 5, hidden=(), dtype="bfloat16"), HyperDense(5, 1, hidden=(), dtype="bfloat16")]
    code = GENERATOR.normal(size=(4, 6)).astype(np.float32)
    task = generate_network(generators, code)
    assert {name: tuple(part.shape) for name, part in task.items()} == {
        "kernel_0": (4, 2, 5),
        "bias_0": (4, 5),
        "kernel_1": (4, 5, 1),
        "bias_1": (4, 1),
    }
    assert {part.dtype.name for part in task.values()} == {"float32"}
    np.testing.assert_array_equal(task["kernel_1"], np.asarray(generators[1](code)[0], np.float32))


@pytest.mark.parametrize("widths", [(0, 1), (1, 0), (-1, 4)])
def test_empty_layer_is_refused(widths):
    with pytest.raises(ValueError, match="1 or more"):
        HyperDense(*widths)
