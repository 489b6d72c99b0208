"""Strokes as pictures: what a pen touches, averaged as Omniglot's drawings are, and what is no stroke."""

import numpy as np
import pytest

from zoo.datasets.images import areas, strokes
from zoo.datasets.images.omniglot import shrunk


def scribble(seed, points=12):
    generator = np.random.default_rng(seed)
    return [generator.integers(0, strokes.UNITS + 1, [points, 2]).tolist() for _ in range(2)]


def test_a_dot_is_a_disc_of_the_pens_width():
    picture = strokes.drawn([[(840, 840)]], size=strokes.SIDE)[..., 0]  # the centre of the middle pixel is at 840
    assert set(np.unique(picture)) == {0, 255}
    rows, columns = np.nonzero(picture)
    np.testing.assert_array_equal(np.hypot(rows - 52, columns - 52) <= 1.5, True)
    assert len(rows) == 9


def test_a_line_is_as_wide_as_the_pen_and_reaches_beyond_its_ends():
    picture = strokes.drawn([[(168, 840), (1512, 840)]], size=strokes.SIDE)[..., 0] > 0
    assert picture[:, 52].sum() == 3
    rows, columns = np.nonzero(picture)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (51, 53, 9, 95)


def test_x_goes_right_and_y_goes_down():
    picture = strokes.drawn([[(1500, 100)]])[..., 0]
    row, column = np.unravel_index(picture.argmax(), picture.shape)
    assert (row, column) == (1, 24)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_averaged_as_the_drawings_of_omniglot_and_as_a_users_pictures_are(seed):
    whole = strokes.drawn(scribble(seed), size=strokes.SIDE)
    small = strokes.drawn(scribble(seed))
    np.testing.assert_array_equal(small, shrunk(255 - whole[None], 28)[0])
    cut = areas.edges(strokes.SIDE)
    np.testing.assert_allclose(small, areas.averaged(whole.astype(np.float32), 28, cut, cut, np.zeros(1)), atol=0.501)


def test_points_between_on_a_line_change_nothing():
    line, parts = [(160, 160), (1120, 640)], [(160, 160), (640, 400), (1120, 640)]
    np.testing.assert_array_equal(strokes.drawn([line]), strokes.drawn([parts]))
    np.testing.assert_array_equal(strokes.drawn([line]), strokes.drawn([line[::-1]]))


def test_nothing_drawn_is_nothing():
    assert not strokes.drawn([]).any()
    assert strokes.drawn([]).shape == (28, 28, 1)


@pytest.mark.parametrize("wrong", [[], [(0.5, 3)], [(0, -1)], [(0, strokes.UNITS + 1)], [(1, 2, 3)], [5, 6], ["ab"]])
def test_what_is_no_stroke_is_refused(wrong):
    with pytest.raises(ValueError, match="a stroke is a list of points"):
        strokes.drawn([wrong])


@pytest.mark.parametrize("size", [0, 106])
def test_sizes_beyond_the_canvas_are_refused(size):
    with pytest.raises(ValueError, match=f"size={size}: the canvas has 105 pixels"):
        strokes.drawn([], size)
