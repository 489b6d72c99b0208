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


@pytest.mark.parametrize("arguments", [{"widths": ()}, {"widths": (3, 0)}, {"widths": (3,), "output_gain": -1.0}])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(ValueError, match="MLP"):
        MLP(**arguments)
