"""Lazy names: the very objects, imported when asked for, and an honest error for any other."""

import subprocess
import sys

import pytest

import zoo.datasets.episodes.n_way
import zoo.datasets.images


def test_every_public_name_is_there():
    for package in (zoo.datasets, zoo.datasets.images):
        assert all(getattr(package, name) is not None for name in package.__all__)
    assert zoo.datasets.NWay is zoo.datasets.episodes.n_way.NWay


def test_a_name_that_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match=r"module 'zoo\.datasets' has no attribute 'Nway'"):
        _ = zoo.datasets.Nway


def test_reading_pictures_needs_no_tensorflow():
    code = "import sys; from zoo.datasets import read_folder, read_pictures; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
