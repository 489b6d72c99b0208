"""Signed distances of forms: by hand where a formula is short, and everywhere negative inside and positive outside."""

import numpy as np
import pytest

from zoo.datasets.images.drawn import forms
from zoo.datasets.images.drawn.artist import Artist

GRID = np.linspace(-3, 3, 61, dtype=np.float32)
X, Y = (np.broadcast_to(each, [2, 61, 61]) for each in np.meshgrid(GRID, GRID))


class Steady(Artist):
    """Draws the middle of every range, the same for all examples."""

    def __init__(self):
        super().__init__(np.random.default_rng(0), 2, 8)
        self.unsteady = 0.0

    def once(self, low, high):
        return (low + high) / 2


def at(distance, *points):
    x, y = np.array(points, np.float32).T
    return distance(x[None, None], y[None, None])[0, 0]


def test_a_disc_and_a_box_by_hand():
    disc = forms.disc(Steady())  # of radius 0.725
    np.testing.assert_allclose(at(disc, (0, 0), (0.725, 0), (0, -1.0)), [-0.725, 0, 0.275], atol=1e-6)
    box = forms.box(Steady())  # 0.6 from the middle to each side
    np.testing.assert_allclose(at(box, (0, 0), (0.6, 0), (0, 1.0)), [-0.6, 0, 0.4], atol=1e-6)


@pytest.mark.parametrize("form", sorted(set(forms.FORMS), key=lambda form: form.__name__), ids=lambda form: form.__name__)
def test_a_form_lies_about_the_middle(form):
    distance = form(Artist(np.random.default_rng(2), 2, 8))(X, Y)
    assert distance.shape == X.shape
    inside = (distance < 0).reshape(2, -1).mean(axis=1)
    assert ((inside > 0.002) & (inside < 0.2)).all()
    assert (distance[np.hypot(X, Y) > 2] > 0).all()


def test_a_placed_form_is_moved_and_smaller():
    placed = forms.placed(Steady(), forms.disc(Steady()), 0.5, (0.5, 0.5))
    np.testing.assert_allclose(at(placed, (0, 0), (0.3625, 0)), [-0.3625, 0], atol=1e-6)


def test_a_motif_of_one_part_is_that_part_and_more_parts_change_it():
    one, more = (forms.motif(Artist(np.random.default_rng(4), 2, 8), parts)(X, Y) for parts in (1, 3))
    assert np.isfinite(one).all() and (one < 0).any()
    assert not np.array_equal(one, more)
