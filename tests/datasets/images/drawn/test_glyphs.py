"""Glyphs of fonts as masks, masks on sheets, and lines."""

import numpy as np
import pytest

from zoo.datasets.images.drawn import glyphs
from zoo.datasets.images.drawn.artist import Artist, Sheet


def sheet(size):
    pixel = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
    x, y = (np.broadcast_to(each, [1, size, size]) for each in np.meshgrid(pixel, pixel))
    return Sheet(x, y, np.full([1, 1, 1], 2 / size, np.float32))


def test_symbols_are_many_and_differ():
    symbols = glyphs.symbols()
    assert len(symbols) > 500
    assert len({glyphs.mask(chr(point), "DejaVuSans").tobytes() for point in symbols}) == len(symbols)


def test_a_mask_holds_the_ink_of_a_text():
    assert not glyphs.mask(" ", "DejaVuSans").any()
    dash = glyphs.mask("|", "DejaVuSans")
    assert dash.shape == (glyphs.MASK, glyphs.MASK)
    assert dash[glyphs.MASK // 2, glyphs.MASK // 2] == 1.0
    assert not dash[:, : glyphs.MASK // 4].any()


def test_a_mask_at_its_own_pixels_is_itself_and_outside_it_is_nothing():
    mask = np.random.default_rng(0).random([1, glyphs.MASK, glyphs.MASK], np.float32)
    np.testing.assert_allclose(glyphs.sampled(mask, sheet(glyphs.MASK)), mask, atol=1e-4)
    assert not glyphs.sampled(mask, sheet(4).moved(x=5.0)).any()


def test_the_distance_from_a_line_by_hand():
    line = np.array([[[-0.5, 0.0], [0.5, 0.0]]])
    points = Sheet(np.array([[[0.0, 0.9]]], np.float32), np.array([[[0.25, 0.3]]], np.float32), np.ones([1, 1, 1], np.float32))
    np.testing.assert_allclose(glyphs.polyline(points, line), [[[0.25, 0.5]]], atol=1e-6)


@pytest.mark.parametrize("kind", [glyphs.letters, glyphs.words, glyphs.badges, glyphs.pictograms, glyphs.strokes])
def test_a_kind_draws_ink_on_its_ground(kind):
    picture = kind(Artist(np.random.default_rng(0), 2, 16))
    assert picture.shape == (2, 16, 16, 3)
    assert (picture.std(axis=(1, 2)).max(axis=-1) > 0.05).all()
