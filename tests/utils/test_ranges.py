import numpy as np
import pytest

from zoo.utils import ranges


@pytest.mark.parametrize(
    ("values", "scaled"),
    [
        (np.array([0, 200], np.uint8), True),
        (np.array([0, 200], np.int64), True),
        ([0, 200], True),
        (np.array([0, 1], np.uint8), False),
        (np.array([False, True]), False),
        ([0.0, 200.0], False),
    ],
)
def test_whole_numbers_above_1_are_bytes(values, scaled):
    assert ranges.are_bytes(values, np.asarray(values, np.float32)) is scaled


def test_rounding_of_a_scaler_is_inside():
    ranges.warn_outside("x", np.array([[-1e-7, 1.0000001]], np.float32), (0.0, 1.0))
    ranges.warn_outside("x", np.array([[9.0]]), None)
    ranges.warn_outside("x", np.array([[np.nan, 0.5]]), (0.0, 1.0))


def test_the_farthest_number_is_named_at_the_users_line():
    with pytest.warns(UserWarning, match=r"x holds -7, outside the range \[0, 1\] of training; what") as caught:
        ranges.warn_outside("x", np.array([[np.nan, 2.0], [-7.0, 1.0]]), (0.0, 1.0))
    assert caught[0].filename == __file__


def test_tones_as_bytes_get_the_remedy():
    with pytest.warns(UserWarning, match="divide tones by 255"):
        ranges.warn_outside("x", np.full([1, 2, 2, 1], 200.0), (0.0, 1.0))


def test_the_slack_is_a_share_of_the_range():
    ranges.warn_outside("y", np.array([5.9]), (-5.0, 5.0), slack=0.1)
    with pytest.warns(UserWarning, match="y holds 6.1"):
        ranges.warn_outside("y", np.array([6.1]), (-5.0, 5.0), slack=0.1)
