"""Distortions: within their ranges, switched on independently, and doing what they say."""

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import Augmentation
from zoo.utils.errors import ZooError

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


def elastic(images, grid):
    augment = Augmentation(elastic=1.0)
    components = np.concatenate([np.tile(OFF, [len(images), 1]), np.reshape(grid, [len(images), -1])], axis=1)
    return augment.distort(tf.constant(images), tf.constant(components, tf.float32)).numpy()


def test_displacements_follow_the_affine_components_and_spread_as_asked():
    seed = tf.constant([1, 2], tf.int64)
    drawn = Augmentation(elastic=1.5).components([4_000], seed).numpy()
    np.testing.assert_array_equal(drawn[:, :7], Augmentation().components([4_000], seed))
    assert drawn.shape == (4_000, 57)
    np.testing.assert_allclose(drawn[:, 7:].std(axis=0), 1.5, rtol=0.06)
    np.testing.assert_allclose(drawn[:, 7:].mean(axis=0), 0, atol=0.1)


def test_no_displacements_are_the_affine_distortion(image):
    affine = Augmentation().components([5], tf.constant([3, 4], tf.int64))
    images = tf.constant(np.repeat(image[None, ..., None], 5, axis=0))
    still = tf.concat([affine, tf.zeros([5, 50])], axis=1)
    got, want = Augmentation(elastic=1.0).distort(images, still), Augmentation().distort(images, affine)
    np.testing.assert_allclose(got, want, atol=2e-3)  # the positions are computed in another order


def test_equal_displacements_are_a_shift_and_bring_in_nothing(image):
    grid = np.zeros([1, 5, 5, 2], np.float32)
    grid[..., 0], grid[..., 1] = 2.0, -1.0  # where a pixel comes from: two to its right, one above it
    moved = elastic(image[None, ..., None], grid)[0, ..., 0]
    np.testing.assert_allclose(moved[1:, :-2], image[:-1, 2:], atol=1e-5)
    assert max(moved[0].max(), moved[:, -2:].max()) < 2e-3


def test_a_displacement_moves_what_is_near_it(image):
    grid = np.zeros([2, 5, 5, 2], np.float32)
    grid[0, 0, 0] = 1.5
    bent, still = elastic(np.repeat(image[None, ..., None], 2, axis=0), grid)[..., 0]
    np.testing.assert_allclose(still, image, atol=1e-5)
    assert np.abs(bent - image)[:3, :3].max() > 0.05
    np.testing.assert_allclose(bent[6:, 6:], image[6:, 6:], atol=1e-5)


WRONG = [{"scale": (1.2, 0.8)}, {"shear": 1.0}, {"rotation": -1.0}, {"probability": 1.5}, {"elastic": -1.0}]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_ranges_are_refused(wrong):
    with pytest.raises(ZooError):
        Augmentation(**wrong)
