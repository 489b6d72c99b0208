"""Distortions: within their ranges, switched on independently, and doing what they say."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Augmentation
from zoo.errors import ZooError

OFF = np.array([0, 0, 0, 1, 1, 0, 0], np.float32)


def test_components_stay_in_their_ranges_and_switch_independently():
    drawn = Augmentation().components([20_000], tf.constant([1, 2], tf.int64)).numpy()
    angle = np.radians(10)
    low = np.array([-angle, -0.3, -0.3, 0.8, 0.8, -2, -2])
    high = np.array([angle, 0.3, 0.3, 1.2, 1.2, 2, 2])
    assert (drawn >= low - 1e-6).all()
    assert (drawn <= high + 1e-6).all()
    on = drawn != OFF
    np.testing.assert_allclose(on.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(np.corrcoef(on.T), np.eye(7), atol=0.03)
    spread = [np.percentile(drawn[on[:, part], part], [1, 99]) for part in range(7)]
    np.testing.assert_allclose(np.transpose(spread), [0.98 * low + 0.02 * high / 2, 0.98 * high + 0.02 * low / 2], atol=0.05)


def distort(image, **changes):
    names = ("angle", "shear_x", "shear_y", "scale_x", "scale_y", "shift_x", "shift_y")
    components = [changes.get(name, off) for name, off in zip(names, OFF.tolist(), strict=True)]
    return Augmentation().distort(tf.constant(image[None, ..., None]), tf.constant([components])).numpy()[0, ..., 0]


@pytest.fixture
def image():
    return np.random.default_rng(0).random([9, 9], np.float32)


def test_nothing_on_changes_nothing(image):
    np.testing.assert_allclose(distort(image), image, atol=1e-6)


def test_a_shift_moves_right_and_down_and_brings_in_nothing(image):
    moved = distort(image, shift_x=2.0, shift_y=1.0)
    np.testing.assert_allclose(moved[1:, 2:], image[:-1, :-2], atol=1e-6)
    assert not moved[0].any()
    assert not moved[:, :2].any()


def test_a_quarter_turn_is_a_quarter_turn_about_the_middle(image):
    np.testing.assert_allclose(distort(image, angle=float(np.pi / 2)), np.rot90(image, -1), atol=1e-5)


def test_scale_and_shear_about_the_middle():
    image = np.zeros([9, 9], np.float32)
    image[4, 6] = 1.0
    assert distort(image, scale_x=1.5)[4, 7] == pytest.approx(1.0, abs=1e-5)  # two to the right became three
    assert distort(image, shear_y=0.5)[5, 6] == pytest.approx(1.0, abs=1e-5)  # and each half down
    image = image.T
    assert distort(image, scale_y=1.5)[7, 4] == pytest.approx(1.0, abs=1e-5)
    assert distort(image, shear_x=0.5)[6, 5] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("wrong", [{"scale": (1.2, 0.8)}, {"shear": 1.0}, {"rotation": -1.0}, {"probability": 1.5}])
def test_wrong_ranges_are_refused(wrong):
    with pytest.raises(ZooError):
        Augmentation(**wrong)
