"""Shapes: sizes, names, and numbers made at random."""

import numpy as np
import pytest

from zoo.learners.shape import Shape


@pytest.mark.parametrize(
    ("axes", "sizes", "names", "numbers", "text"),
    [
        ((28, 28, 1), (28, 28, 1), (None, None, None), 784, "[28, 28, 1]"),
        (("columns",), (None,), ("columns",), None, "[columns]"),
        ((3, "ways"), (3, None), (None, "ways"), None, "[3, ways]"),
        ((0,), (0,), (None,), 0, "[0]"),
        ((), (), (), 1, "[]"),
    ],
)
def test_says_sizes_names_and_how_many_numbers(axes, sizes, names, numbers, text):
    shape = Shape(axes)
    assert (shape.sizes, shape.names, shape.numbers, str(shape)) == (sizes, names, numbers, text)


def test_shapes_that_are_alike_are_equal():
    assert Shape((2, "ways")) == Shape((2, "ways"))
    assert Shape((2,), missing=True) != Shape((2,))
    assert len({Shape((2,)), Shape((2,)), Shape((3,))}) == 2


def test_random_numbers_lie_within_limits_and_come_again_from_their_seed():
    one, other = (Shape((2, "columns")).random(np.random.default_rng(3), (4, 5), (-2.0, 6.0), size=7) for _ in range(2))
    assert one.shape == (4, 5, 2, 7)
    assert one.dtype == np.float32
    assert -2 <= one.min() < -1 < 5 < one.max() <= 6
    np.testing.assert_array_equal(one, other)


def test_a_row_of_a_table_has_any_number_of_columns_and_gaps():
    assert Shape(("columns",), missing=True).is_table_row
    for shape in (Shape(("columns",)), Shape((3,), missing=True), Shape((4, "columns"), missing=True)):
        assert not shape.is_table_row
