"""Colours in their range, noise of a given spectrum, and effects that may do nothing."""

import numpy as np
import pytest

from zoo.datasets.images.drawn import colours


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_colours_are_from_zero_to_one_and_many_are_grey(rng):
    found = colours.mixed(rng, (2_000,))
    assert found.shape == (2_000, 3)
    assert found.min() >= 0 and found.max() <= 1
    assert np.ptp(found, axis=1).min() == 0
    assert 0.15 < (np.ptp(found, axis=1) == 0).mean() < 0.25


def test_grounds_are_light_or_dark(rng):
    light, dark = colours.grounds(rng, 1_000, 0), colours.grounds(rng, 1_000, 1)
    assert (light.min(axis=1) >= 0.92).mean() > 0.8
    assert (dark.max(axis=1) <= 0.1).mean() > 0.8


def test_colours_of_a_palette_stand_apart(rng):
    first, second = np.moveaxis(colours.palettes(rng, 500, 2, 2), 1, 0)
    chance = colours.mixed(rng, (500,))
    assert np.linalg.norm(second - first, axis=1).mean() > 1.15 * np.linalg.norm(chance - first, axis=1).mean()


def test_noise_is_smoother_the_steeper_its_spectrum(rng):
    field = colours.noise(rng, 32, np.array([0.0, 2.0]).reshape(2, 1, 1), channels=2)
    assert field.shape == (2, 32, 32, 2)
    np.testing.assert_allclose(field.mean(axis=(1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(field.std(axis=(1, 2)), 1, atol=1e-4)
    step = np.abs(np.diff(field, axis=2)).mean(axis=(1, 2, 3))
    assert step[1] < step[0] / 2


def test_a_calm_ground_is_one_colour(rng):
    colour = np.array([[0.1, 0.2, 0.3]])
    np.testing.assert_array_equal(colours.ground(rng, colour, 4, calm=True)[0], np.broadcast_to(np.float32(colour), [4, 4, 3]))
    rough = colours.ground(rng, np.repeat(colour, 9, axis=0), 4, calm=False)
    assert rough.min() >= 0 and rough.max() <= 1 and rough.std() > 0


def test_effects_of_no_width_change_nothing(rng):
    picture, none = rng.random([2, 6, 6, 3]).astype(np.float32), np.zeros([2, 1, 1, 1], np.float32)
    np.testing.assert_array_equal(colours._blurred(picture, none), picture)
    np.testing.assert_array_equal(colours._occluded(rng, picture, none), picture)


def test_a_blur_keeps_the_mean_of_a_step_and_softens_it():
    picture = np.zeros([1, 8, 8, 3], np.float32)
    picture[:, :, 4:] = 1.0
    blurred = colours._blurred(picture, np.ones([1, 1, 1, 1], np.float32))
    assert blurred.mean() == pytest.approx(0.5)
    assert 0 < blurred[0, 4, 3, 0] < 0.5 < blurred[0, 4, 4, 0] < 1


def test_a_finished_picture_is_bytes_and_often_changed():
    picture = np.full([3, 6, 6, 3], 0.5, np.float32)
    found = [colours.finished(np.random.default_rng(seed), picture) for seed in range(20)]
    assert all(each.dtype == np.uint8 and each.shape == picture.shape for each in found)
    assert 4 <= sum((each == 128).all() for each in found) <= 12  # four in ten stay as they are
