"""Kinds that are held out draw what release 1 of the drawn pictures drew.

Another picture of the same seed is another release: raise `_RELEASE` of `zoo.datasets.images.drawn_pictures` with it.
"""

import numpy as np
import pytest

from zoo.datasets.images.drawn import held_out
from zoo.datasets.images.drawn.artist import Artist

MEANS = {  # of red, green and blue over two pictures of one class
    "trees": [0.873, 0.949, 0.951],
    "faces": [0.765, 0.779, 0.784],
    "flags": [0.709, 0.724, 0.639],
    "vessels": [0.917, 0.889, 0.882],
    "houses": [0.761, 0.806, 0.732],
    "stamps": [0.693, 0.814, 0.78],
}


@pytest.mark.parametrize("kind", MEANS)
def test_the_same_seed_draws_the_same_picture(kind):
    picture = getattr(held_out, kind)(Artist(np.random.default_rng(0), examples=2, size=16))
    assert picture.shape == (2, 16, 16, 3)
    np.testing.assert_allclose(picture.mean(axis=(0, 1, 2)), MEANS[kind], atol=5e-3)
