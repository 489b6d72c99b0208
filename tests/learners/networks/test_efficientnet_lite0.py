"""EfficientNet-Lite0: as many numbers as its authors', and weights that find their layers by PyTorch's names."""

import keras
import numpy as np

from zoo.learners.networks.efficientnet_lite0 import _their, efficientnet_lite0, with_weights


def test_it_has_the_numbers_of_its_authors_and_takes_weights_by_name():
    model = efficientnet_lite0()
    assert model.count_params() == 3_413_024
    assert model.output_shape == (None, 1280)
    assert [model.get_layer(f"block_{each}_project").output.shape[1] for each in (0, 2, 4, 7, 10, 14, 15)] == [
        112,
        56,
        28,
        14,
        14,
        7,
        7,
    ]
    generator, arrays = np.random.default_rng(0), {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            size = layer.gamma.shape
            arrays |= {
                f"{_their(layer.name)}.{part}": generator.uniform(size=size)
                for part in ("weight", "bias", "running_mean", "running_var")
            }
        elif layer.weights:
            shape = layer.kernel.shape
            order = (2, 3, 0, 1) if isinstance(layer, keras.layers.DepthwiseConv2D) else (3, 2, 0, 1)
            arrays[f"{_their(layer.name)}.weight"] = generator.normal(size=[shape[axis] for axis in order])
    assert {
        "_conv_stem.weight",
        "_bn0.bias",
        "_blocks.0._bn1.weight",
        "_blocks.15._expand_conv.weight",
        "_bn1.running_var",
    } <= set(arrays)
    with_weights(model, arrays)
    kernel = model.get_layer("stem").kernel.numpy()
    np.testing.assert_allclose(kernel[1, 2, 0, 5], arrays["_conv_stem.weight"][5, 0, 1, 2], rtol=1e-6)
    deep = model.get_layer("block_3_depthwise").kernel.numpy()
    np.testing.assert_allclose(deep[4, 0, 7, 0], arrays["_blocks.3._depthwise_conv.weight"][7, 0, 4, 0], rtol=1e-6)
    norm = model.get_layer("block_3_expand_norm").moving_variance.numpy()
    np.testing.assert_allclose(norm, arrays["_blocks.3._bn0.running_var"], rtol=1e-6)
