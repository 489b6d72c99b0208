"""The modified Hausdorff distance on numbers by hand."""

import numpy as np
import pytest

from zoo.datasets.images.hausdorff import modified_hausdorff, modified_hausdorff_of_all


def ink(*places):
    paper = np.zeros([20, 20], bool)
    paper[tuple(np.transpose(places))] = True
    return paper


def test_a_drawing_moved_elsewhere_is_the_same_one():
    one = ink((0, 0), (3, 1), (7, 7))
    assert modified_hausdorff(one, np.roll(one, (4, 9), axis=(0, 1))) == pytest.approx(0, abs=1e-12)


def test_it_is_the_larger_of_the_two_mean_distances_to_the_nearest_ink():
    """Moved to their means: columns -2, 2 and a single 0; then -3, 0, 3 and -3, 3."""
    assert modified_hausdorff(ink((5, 0), (5, 4)), ink((9, 9))) == pytest.approx(2.0)
    three, two = ink((2, 0), (2, 3), (2, 6)), ink((8, 10), (8, 16))
    assert modified_hausdorff(three, two) == pytest.approx((0 + 3 + 0) / 3)
    assert modified_hausdorff(two, three) == pytest.approx(1.0)  # though from each point of the two there is one at 0


def test_distances_are_euclidean():
    upright, level = ink((0, 5), (8, 5)), ink((5, 0), (5, 6))  # (±4, 0) and (0, ±3)
    assert modified_hausdorff(upright, level) == pytest.approx(5.0)


def test_all_distances_are_those_of_each_pair():
    generator = np.random.default_rng(0)
    some, others = (generator.random([count, 12, 12]) < 0.2 for count in (3, 4))
    found = modified_hausdorff_of_all(some, others)
    assert found.shape == (3, 4)
    assert found[2, 1] == modified_hausdorff(some[2], others[1])
    assert (found > 0).all()
    np.testing.assert_allclose(modified_hausdorff_of_all(others, some), found.T)
