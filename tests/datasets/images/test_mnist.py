"""MNIST: all digits for the test, or divided by digit; prepared anew, as for a user who has no cache."""

import numpy as np
import pytest
from pictures import provided

from zoo.datasets import MNIST, Labelled, NWay
from zoo.datasets.images import mnist
from zoo.utils.errors import ZooError


@pytest.fixture
def zeros(monkeypatch):
    """Two black images of every digit."""
    data = Labelled.of(np.zeros([20, 28, 28, 1], np.uint8), [*range(10)] * 2)
    monkeypatch.setattr(mnist, "_split", lambda part: data)


def test_all_digits_are_the_test(tmp_path, monkeypatch):
    if not provided("mnist:3.0.1"):
        pytest.skip("TensorFlow Datasets has no MNIST and cannot be reached; set TFDS_DATA_DIR to a folder that holds it")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    data = MNIST().load("test")
    assert data.names == tuple(range(10))
    assert data.x.shape == (10_000, 28, 28, 1)
    assert data.counts.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert NWay(MNIST()).draw(2, 1, ways=10, queries=3).query_x.shape == (2, 30, 28, 28, 1)


@pytest.mark.usefixtures("zeros")
def test_digits_are_divided_into_training_and_test():
    halves = MNIST(test_digits=(9, 7, 8))
    assert halves.load("test").names == (7, 8, 9)
    assert halves.load("train").names == tuple(range(7))


@pytest.mark.usefixtures("zeros")
def test_a_part_without_digits_and_other_digits_are_refused():
    for part in ("train", "validation"):
        with pytest.raises(ZooError, match=f"no part '{part}'"):
            MNIST().load(part)
    for wrong in ((3, 3), (10,)):
        with pytest.raises(ZooError, match="the digits 0 to 9"):
            MNIST(test_digits=wrong)
