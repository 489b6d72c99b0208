import keras
import numpy as np
import pytest

from zoo.layers import ConvolutionalEncoder


def test_conv_4_has_the_published_size_less_the_biases_that_a_normalisation_takes_away():
    encoder = ConvolutionalEncoder()
    encoder.build((None, 28, 28, 1))
    trained = sum(np.prod(weight.shape) for weight in encoder.trainable_variables)
    assert trained == 111_936 - 4 * 64
    assert encoder.compute_output_shape((None, 28, 28, 1)) == (None, 64)
    assert encoder.compute_output_shape((2, 7, 84, 84, 3)) == (2, 7, 1600)


@pytest.mark.parametrize(("filters", "channels"), [((4, 5), 2), ((32, 5), 1)])  # the normalisation of the last folds
@pytest.mark.parametrize("training", [True, False])
def test_relu_after_the_pool_is_relu_before_it(training, filters, channels):
    keras.utils.set_random_seed(3)
    encoder = ConvolutionalEncoder(filters)
    x = np.random.default_rng(0).uniform(size=[6, 9, 9, channels]).astype(np.float32)
    encoder.build(x.shape)
    maps = x
    for convolution in encoder.convolutions:
        stock = keras.layers.BatchNormalization(epsilon=1.001e-5)
        maps = keras.layers.MaxPooling2D()(keras.layers.ReLU()(stock(convolution(maps), training=training)))
    np.testing.assert_allclose(encoder(x, training=training), np.reshape(maps, [6, -1]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("shrink", "features"), [("pool", 3), ("padded_pool", 4 * 3), ("stride", 4 * 3), ("none", 49 * 3)])
def test_ways_to_shrink(shrink, features):
    encoder = ConvolutionalEncoder((2, 3), shrink)
    assert encoder(np.zeros([5, 7, 7, 1], np.float32)).shape == encoder.compute_output_shape((5, 7, 7, 1)) == (5, features)


@pytest.mark.parametrize(
    "arguments", [{"filters": ()}, {"filters": (0,)}, {"shrink": "half"}, {"filters": (4, 4), "shrink": ("pool",)}]
)
def test_wrong_blocks_are_refused(arguments):
    with pytest.raises(ValueError, match="give the filters of one block or more"):
        ConvolutionalEncoder(**arguments)


def test_leading_axes_are_kept():
    encoder = ConvolutionalEncoder((2, 3))
    pictures = np.random.default_rng(0).uniform(size=[2, 3, 8, 8, 1]).astype(np.float32)
    got = encoder(pictures)
    assert got.shape == (2, 3, 12)
    np.testing.assert_allclose(np.reshape(got, [6, 12]), encoder(pictures.reshape(6, 8, 8, 1)), rtol=1e-5, atol=1e-6)


def test_pictures_of_unknown_size_are_refused():
    with pytest.raises(ValueError, match=r"the last 3 sizes of its input must be known, but its shape is \(None, 28, None, 1\)"):
        ConvolutionalEncoder().build((None, 28, None, 1))


def test_pictures_too_small_are_refused():
    with pytest.raises(ValueError, match=r"4 blocks shrink pictures of shape \(8, 8, 1\) to nothing"):
        ConvolutionalEncoder().build((None, 8, 8, 1))
