"""Distortions in colour: within their ranges, independent of the form's, and doing what they say."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Augmentation, ColourAugmentation
from zoo.utils.errors import ZooError

OFF = np.array([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.float32)
NAMES = {"shift_x": 5, "brightness": 7, "contrast": 8, "vividness": 9, "red": 10, "blue": 12}


@pytest.fixture
def image():
    return np.random.default_rng(0).uniform(0.3, 0.7, [9, 9, 3]).astype(np.float32)


def distort(image, **changes):
    components = OFF.copy()
    for name, value in changes.items():
        components[NAMES[name]] = value
    return ColourAugmentation().distort(tf.constant(image[None]), tf.constant(components[None])).numpy()[0]


def test_components_stay_in_their_ranges_and_hang_on_nothing_else():
    augment = ColourAugmentation(Augmentation(probability=1.0), 0.1, 0.2, 0.3, 0.05)
    drawn = augment.components([20_000], tf.constant([1, 2], tf.int64)).numpy()
    most = np.array([0.1, 0.2, 0.3, 0.05, 0.05, 0.05])
    assert (np.abs(drawn[:, 7:]) <= most).all()
    np.testing.assert_allclose(drawn[:, 7:].std(axis=0), most / np.sqrt(3), rtol=0.03)
    np.testing.assert_allclose(np.corrcoef(drawn.T), np.eye(13), atol=0.03)


def test_nothing_on_changes_nothing(image):
    np.testing.assert_allclose(distort(image), image, atol=1e-6)


def test_what_comes_in_is_what_the_rim_shows(image):
    moved = distort(image, shift_x=2.0)
    np.testing.assert_allclose(moved[:, 2:], image[:, :-2], atol=1e-6)
    np.testing.assert_allclose(moved[:, 0], image[:, 0], atol=1e-6)


def test_each_change_is_what_its_name_says(image):
    np.testing.assert_allclose(distort(image, brightness=0.1), image + 0.1, atol=1e-6)
    np.testing.assert_allclose(distort(image, contrast=-1.0), 0.5, atol=1e-6)
    grey = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    np.testing.assert_allclose(distort(image, vividness=-1.0), grey, atol=1e-6)
    np.testing.assert_allclose(distort(image, red=0.1, blue=-0.1), image * [1.1, 1.0, 0.9], atol=1e-6)
    bright = distort(image, brightness=1.0)
    assert bright.min() == bright.max() == 1.0


@pytest.mark.parametrize("changes", [{"tint": -0.1}, {"contrast": 1.1}, {"form": Augmentation(per_class=True)}])
def test_refuses_what_makes_no_sense(changes):
    with pytest.raises(ZooError, match=r"give brightness|one by one"):
        ColourAugmentation(**changes)
