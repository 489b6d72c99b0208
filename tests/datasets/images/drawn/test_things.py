"""Things draw what release 1 of the drawn pictures drew.

Another picture of the same seed is another release: raise `_RELEASE` of `zoo.datasets.images.drawn_pictures` with it.
"""

import numpy as np
import pytest

from zoo.datasets.images.drawn import things
from zoo.datasets.images.drawn.artist import Artist

MEANS = {  # of red, green and blue over two pictures of one class
    "flowers": [0.431, 0.428, 0.426],
    "creatures": [0.915, 0.922, 0.927],
    "balls": [0.88, 0.925, 0.92],
    "landscapes": [0.259, 0.285, 0.313],
    "ferns": [0.951, 0.916, 0.921],
}


@pytest.mark.parametrize("kind", MEANS)
def test_the_same_seed_draws_the_same_picture(kind):
    picture = getattr(things, kind)(Artist(np.random.default_rng(0), examples=2, size=16))
    assert picture.shape == (2, 16, 16, 3)
    np.testing.assert_allclose(picture.mean(axis=(0, 1, 2)), MEANS[kind], atol=5e-3)
