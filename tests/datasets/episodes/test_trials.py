"""Trials within a group: one support example of each class by some drawers, one query of each by another."""

import numpy as np
import pytest

from zoo.datasets import Labelled
from zoo.datasets.episodes.trials import draw_trials
from zoo.utils.errors import ZooError


def examples(sizes, drawers=4):
    """Examples `(group, class, drawer)` of groups of so many classes."""
    classes = [(group, number) for group, size in enumerate(sizes) for number in range(size)]
    x = np.array([(*each, drawer) for each in classes for drawer in range(drawers)], np.float32)
    return Labelled(x, tuple(classes), np.full(len(classes), drawers), tuple(f"group {group}" for group, _ in classes))


def test_trials_take_the_large_groups_in_turn_and_another_drawer_for_the_queries():
    drawn = draw_trials(examples([3, 2, 4]), 7, seed=1, ways=3, shots=2)
    assert drawn.support_x.shape == (7, 6, 3)
    assert drawn.query_x[:, 0, 0].tolist() == [0, 2, 0, 2, 0, 2, 0]
    for x, y, query_x, query_y in zip(drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y, strict=True):
        np.testing.assert_array_equal(y, np.tile(np.eye(3), [2, 1]))
        assert len({*x[:3, 2]}) == len({*x[3:, 2]}) == len({*query_x[:, 2]}) == 1
        assert len({x[0, 2], x[3, 2], query_x[0, 2]}) == 3
        np.testing.assert_array_equal(x[:3, :2], x[3:, :2])
        np.testing.assert_array_equal(query_x[:, :2], x[query_y.argmax(axis=-1), :2])


def test_groups_or_drawers_that_do_not_suffice_are_refused():
    with pytest.raises(ZooError, match="ways=5, shots=1: the largest group has 4 classes with 4 examples"):
        draw_trials(examples([3, 4]), 1, 1, ways=5)
    with pytest.raises(ZooError, match="shots=4"):
        draw_trials(examples([3]), 1, 1, ways=3, shots=4)
