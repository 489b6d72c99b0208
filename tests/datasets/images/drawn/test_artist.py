"""Sheets and paint by hand, and what an artist draws once for a class or once for each example."""

import numpy as np
import pytest

from zoo.datasets.images.drawn.artist import Artist, Sheet, painted


@pytest.fixture
def artist():
    return Artist(np.random.default_rng(3), examples=4, size=8)


def flat(*values):
    return np.array(values, np.float32).reshape(1, 1, -1)


def test_a_pixel_is_covered_by_how_far_it_lies_inside():
    sheet = Sheet(flat(0.0), flat(0.0), np.full([1, 1, 1], 0.5, np.float32))
    np.testing.assert_array_equal(sheet.covered(flat(-1.0, -0.125, 0.0, 0.125, 1.0)), flat(1.0, 0.75, 0.5, 0.25, 0.0))


def test_coordinates_of_a_part_that_lies_elsewhere():
    sheet = Sheet(flat(3.0), flat(1.0), np.full([1, 1, 1], 0.5, np.float32))
    part = sheet.moved(x=1.0, y=1.0, turn=np.pi / 2, scale=2.0)
    np.testing.assert_allclose([part.x.item(), part.y.item(), part.pixel.item()], [0.0, -1.0, 0.25], atol=1e-6)


def test_paint_mixes_where_it_covers():
    picture, covered = np.zeros([1, 1, 3, 3]), np.array([[[0.0, 0.5, 1.0]]])
    np.testing.assert_array_equal(painted(picture, covered, np.ones([1, 3]))[0, 0, :, 0], [0.0, 0.5, 1.0])


def test_a_sheet_has_a_pixel_for_each_and_its_middle_within_reach(artist):
    sheet = artist.sheet(turn=0.0, shift=0.0)
    assert sheet.x.shape == sheet.y.shape == (4, 8, 8)
    np.testing.assert_allclose(sheet.x.mean(axis=(1, 2)), 0, atol=1e-5)
    assert (np.abs(sheet.x).max(axis=(1, 2)) >= 0.8).all()  # the drawing, within one of the middle, is on the sheet


def test_own_colours_are_those_of_the_class_and_others_of_each_example(artist):
    artist.light = 2
    own, others = artist.paints(3, own=True, ground=False), artist.paints(3, own=False, ground=False)
    assert own.shape == others.shape == (4, 3, 3)
    assert own.std(axis=0).max() < 0.1 < others.std(axis=0).max()
    assert own.min() >= 0 and own.max() <= 1


def test_numbers_keep_their_bounds_and_the_same_generator_draws_the_same():
    first, again = (Artist(np.random.default_rng(5), 4, 8) for _ in range(2))
    assert [first.number(1, 3) for _ in range(20)] == [again.number(1, 3) for _ in range(20)]
    assert set(first.number(1, 3) for _ in range(50)) == {1, 2, 3}
    assert 2.0 <= first.once(2.0, 3.0) <= 3.0
    assert first.each(0, 1).shape == first.about(0, 1).shape == (4, 1, 1)
    first.unsteady = 0.0
    np.testing.assert_array_equal(first.about(0.5, 9.0), np.full([4, 1, 1], 0.5, np.float32))
