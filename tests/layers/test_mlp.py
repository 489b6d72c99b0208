import keras
import numpy as np
import pytest

from zoo.layers import MLP


def test_last_layer_is_linear_and_the_others_leak_by_three_tenths():
    mlp = MLP((1, 1))
    mlp.build((None, 1))
    mlp.set_weights([np.ones((1, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)])
    np.testing.assert_allclose(mlp(np.array([[-10.0], [10.0]], np.float32))[:, 0], [-3.0, 10.0], rtol=1e-6)


def test_weights_start_glorot_normal_and_biases_at_zero():
    mlp = MLP((400, 300))
    mlp.build((None, 200))
    kernel, bias = mlp.get_weights()[:2]
    assert np.std(kernel) == pytest.approx((2 / 600) ** 0.5, rel=0.02)
    assert not bias.any()


def test_is_a_stack_of_keras_dense_layers_on_the_last_axis():
    mlp = MLP((4, 3), "tanh", output_bias="normal")
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype(np.float32)
    got = mlp(x)
    first, last = mlp.stack
    np.testing.assert_allclose(got, last(first(x)), rtol=1e-5, atol=1e-6)
    assert np.any(last.bias)
    assert not np.any(first.bias)


def test_output_gain_scales_the_last_kernel_only():
    mlp = MLP((300, 400), output_gain=0.25)
    mlp.build((None, 200))
    first, _, last, _ = mlp.get_weights()
    assert np.std(first) == pytest.approx((2 / 500) ** 0.5, rel=0.02)
    assert np.std(last) == pytest.approx(0.25 * (2 / 700) ** 0.5, rel=0.02)


def test_the_regulariser_is_of_every_kernel_and_bias():
    mlp = MLP((4, 3), output_bias="normal", kernel_regularizer=keras.regularizers.L1(0.5))
    mlp(np.ones((1, 2), np.float32))
    assert len(mlp.losses) == 4
    assert float(sum(mlp.losses)) == pytest.approx(0.5 * sum(np.abs(weight).sum() for weight in mlp.get_weights()), rel=1e-5)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="nonsense"):
        MLP((3, 2), "nonsense")


@pytest.mark.parametrize("arguments", [{"widths": ()}, {"widths": (3, 0)}, {"widths": (3,), "output_gain": -1.0}])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="MLP"):
        MLP(**arguments)
