import keras
import numpy as np
import pytest

from zoo.layers import FrameDecoder, FrameEncoder
from zoo.layers.frame_coder import SHARPNESS


def test_shapes_are_the_papers():
    decoder = FrameDecoder()
    frames = decoder(np.zeros((2, 3, 2), np.float32))
    assert frames.shape == (2, 3, 39, 39)
    assert decoder.dense.units == 512
    sides = [1 + 2 * decoder.smallest, 3 + 4 * decoder.smallest, 7 + 8 * decoder.smallest]
    assert sides == [9, 19, 39]
    assert FrameEncoder()(frames).shape == (2, 3, 2)


def test_encoder_is_the_mean_place_of_each_filters_softmax():
    encoder = FrameEncoder(latents=3, filters=2)
    frame = np.random.default_rng(0).normal(size=(9, 9)).astype(np.float32)
    got = encoder(frame[None])[0]
    kernel, dense, bias = encoder.get_weights()
    maps = np.zeros((4, 4, 2))
    for row in range(4):
        for column in range(4):
            patch = frame[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            maps[row, column] = (patch[..., None] * kernel[:, :, 0]).sum((0, 1))
    shares = np.exp(SHARPNESS * maps) / np.exp(SHARPNESS * maps).sum((0, 1))
    axis = np.linspace(-1, 1, 4)
    means = np.stack([(shares * axis[:, None, None]).sum((0, 1)), (shares * axis[None, :, None]).sum((0, 1))], axis=-1)
    np.testing.assert_allclose(got, means.reshape(-1) @ dense + bias, rtol=1e-4, atol=1e-5)


def test_position_is_linear_in_the_means_before_any_training():
    keras.utils.set_random_seed(0)
    places = np.stack(np.meshgrid(np.arange(4, 34), np.arange(4, 34), indexing="ij"), axis=-1).reshape(-1, 2)
    frames = np.zeros((len(places), 39, 39), np.float32)
    for frame, (row, column) in zip(frames, places, strict=True):
        frame[row - 2 : row + 3, column - 2 : column + 3] = 1
    latents = FrameEncoder(latents=16)(frames).numpy()  # as many as there are means, so that none is lost
    known = np.concatenate([latents, np.ones((len(latents), 1))], axis=1)
    fitted = known @ np.linalg.lstsq(known, places, rcond=None)[0]
    assert np.abs(fitted - places).mean() < 0.5  # pixels


def test_decoder_is_a_dense_layer_and_three_transposed_convolutions():
    decoder = FrameDecoder(size=15, filters=3)
    latents = np.random.default_rng(0).normal(size=(2, 4, 5)).astype(np.float32)
    frames = decoder(latents)
    assert frames.shape == decoder.compute_output_shape(latents.shape) == (2, 4, 15, 15)
    maps = np.reshape(decoder.dense(latents.reshape(8, 5)), (8, 1, 1, 3))
    for convolution in decoder.convolutions:
        maps = keras.ops.leaky_relu(convolution(maps), 0.01)
    np.testing.assert_allclose(frames, np.reshape(maps, (2, 4, 15, 15)), rtol=1e-5, atol=1e-6)


def test_the_last_activation_is_leaky_too():
    decoder = FrameDecoder(size=15, filters=1)
    decoder.build((None, 1))
    decoder.set_weights([np.zeros_like(weight) for weight in decoder.get_weights()])
    for bias, pixel in ((3.0, 3.0), (-2.0, -0.02)):
        decoder.convolutions[-1].bias.assign([bias])
        np.testing.assert_allclose(decoder(np.zeros((1, 1), np.float32)), np.full((1, 15, 15), pixel), rtol=1e-5)


@pytest.mark.parametrize("size", [7, 14, 38, 40])
def test_sizes_that_cannot_be_drawn_are_refused(size):
    with pytest.raises(ValueError, match=f"size={size}"):
        FrameDecoder(size=size)


def test_numbers_below_one_are_refused():
    with pytest.raises(ValueError, match="filters=0"):
        FrameEncoder(filters=0)
    with pytest.raises(ValueError, match="filters=0"):
        FrameDecoder(filters=0)
