"""Textures draw what release 1 of the drawn pictures drew, and a field takes the colours of a palette in order.

Another picture of the same seed is another release: raise `_RELEASE` of `zoo.datasets.images.drawn_pictures` with it.
"""

import numpy as np
import pytest

from zoo.datasets.images.drawn import textures
from zoo.datasets.images.drawn.artist import Artist

MEANS = {  # of red, green and blue over two pictures of one class
    "grain": [0.323, 0.298, 0.182],
    "stripes": [0.514, 0.499, 0.301],
    "tilings": [0.778, 0.767, 0.74],
    "cells": [0.359, 0.24, 0.186],
    "layouts": [0.351, 0.148, 0.118],
    "marble": [0.419, 0.413, 0.285],
}


@pytest.mark.parametrize("kind", MEANS)
def test_the_same_seed_draws_the_same_picture(kind):
    picture = getattr(textures, kind)(Artist(np.random.default_rng(0), examples=2, size=16))
    assert picture.shape == (2, 16, 16, 3)
    np.testing.assert_allclose(picture.mean(axis=(0, 1, 2)), MEANS[kind], atol=5e-3)


def test_a_field_takes_the_colours_of_a_palette_in_order():
    paints = np.array([[[0.0] * 3, [0.2] * 3, [1.0] * 3]])
    artist = Artist(np.random.default_rng(0), 1, 1)
    found = textures._shown(artist, np.array([[[-1.0, 0.25, 0.5, 0.75, 1.0]]]), paints)
    np.testing.assert_allclose(found[0, 0, :, 0], [0.0, 0.1, 0.2, 0.6, 1.0], atol=1e-9)
