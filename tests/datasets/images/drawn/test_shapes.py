"""Shapes draw what release 1 of the drawn pictures drew, and an outline is a line along the border.

Another picture of the same seed is another release: raise `_RELEASE` of `zoo.datasets.images.drawn_pictures` with it.
"""

import numpy as np
import pytest

from zoo.datasets.images.drawn import shapes
from zoo.datasets.images.drawn.artist import Artist, Sheet

MEANS = {  # of red, green and blue over two pictures of one class
    "plain": [0.768, 0.755, 0.729],
    "coloured": [0.95, 0.869, 0.93],
    "icons": [0.68, 0.755, 0.739],
    "emblems": [0.874, 0.934, 0.937],
    "signs": [0.291, 0.421, 0.356],
    "blocks": [0.868, 0.789, 0.789],
    "rings": [0.935, 0.94, 0.948],
    "textured": [0.644, 0.579, 0.53],
}


@pytest.mark.parametrize("kind", MEANS)
def test_the_same_seed_draws_the_same_picture(kind):
    picture = getattr(shapes, kind)(Artist(np.random.default_rng(0), examples=2, size=16))
    assert picture.shape == (2, 16, 16, 3)
    np.testing.assert_allclose(picture.mean(axis=(0, 1, 2)), MEANS[kind], atol=5e-3)


def test_an_outline_is_a_line_along_the_border():
    sheet = Sheet(np.zeros([1, 1, 1]), np.zeros([1, 1, 1]), np.full([1, 1, 1], 0.01))
    distance = np.array([[[-1.0, -0.15, -0.1, 0.0, 0.1]]])
    np.testing.assert_array_equal(shapes._outlined(sheet, distance, 0.1), [[[0.0, 1.0, 1.0, 0.5, 0.0]]])
