"""The network of digits: its gradient and its curvature are those of its loss."""

import numpy as np
import pytest

from zoo.datasets import Labelled
from zoo.datasets.images import mnist
from zoo.figures import schedule_problem
from zoo.figures.schedule_problem import BATCH, GROUP, SIZES, STEPS, Digits

G = np.random.default_rng(0)


@pytest.fixture(scope="module")
def digits():
    return Digits(G.random((300, 784), dtype=np.float32), G.integers(0, 10, 300).astype(np.int32))


def test_weights_are_those_of_the_paper_in_eight_groups(digits):
    assert len(digits.start(0)) == sum(SIZES) == 784 * 50 + 50 + 2 * (50 * 50 + 50) + 50 * 10 + 10
    assert GROUP.max() == 7
    assert digits.batches(0).shape == (STEPS, BATCH)
    assert (digits.batches(0) != digits.batches(1)).any()


def test_before_training_every_digit_is_as_likely(digits):
    assert digits.end(np.zeros(sum(SIZES)))[0] == pytest.approx(np.log(10))


def test_gradient_and_curvature_are_those_of_finite_differences(digits):
    w, way = digits.start(0), G.normal(size=sum(SIZES))
    way /= np.linalg.norm(way)
    every = np.tile(np.arange(300), (1, 1))
    gradient, product = digits.gradient(every), digits.product(every)
    rise = (digits.end(w + 0.05 * way)[0] - digits.end(w - 0.05 * way)[0]) / 0.1
    assert gradient(w, 0) @ way == pytest.approx(rise, rel=1e-2, abs=1e-4)
    bend = (gradient(w + 0.05 * way, 0) - gradient(w - 0.05 * way, 0)) / 0.1
    np.testing.assert_allclose(product(w, 0, way), bend, atol=2e-2 * np.abs(bend).max())


def test_the_same_weights_give_the_same_bits(digits):
    gradient = digits.gradient(digits.batches(3))
    np.testing.assert_array_equal(gradient(digits.start(0), 5), gradient(digits.start(0), 5))


def test_images_are_as_many_of_each_digit(monkeypatch):
    labels = np.concatenate([np.arange(10), np.arange(10), [3] * 30])
    pictures = np.full((50, 28, 28, 1), 255, np.uint8)
    monkeypatch.setattr(mnist, "_split", lambda part: Labelled.of(pictures, labels))
    monkeypatch.setattr(schedule_problem, "IMAGES", 20)
    digits = Digits.mnist()
    assert np.bincount(digits.y).tolist() == [2] * 10
    np.testing.assert_array_equal(digits.x, np.ones((20, 784)))
