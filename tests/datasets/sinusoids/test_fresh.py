"""Fresh waves: sizes with their weights, and conditions; what both benchmarks promise is in `test_waves.py`."""

import numpy as np
import pytest
from streams import steps

from zoo.datasets import FreshSinusoids
from zoo.utils.errors import ZooError


def test_sizes_and_weights_go_together():
    episodes = FreshSinusoids((0.5, 0.0, 0.5), (1.0, 2.0, 3.0))
    drawn = steps(episodes.stream(200, seed=1), 10)
    sizes = np.concatenate([step[0]["support_size"] for step in drawn])
    weights = np.concatenate([step[2][:, 0] for step in drawn])
    np.testing.assert_array_equal(weights, sizes.astype(np.float32))
    assert np.mean(sizes == 1) == pytest.approx(0.5, abs=0.05)
    assert not np.any(sizes == 2)


def test_conditions_are_of_the_sizes_in_training_ten_points_first():
    assert FreshSinusoids().conditions() == [{"support": 10, "noise": 0.0}, {"support": 10, "noise": 0.1}]
    several = FreshSinusoids((0.5, 0.0, 0.1) + (0.0,) * 6 + (0.4,)).conditions()
    assert [condition["support"] for condition in several] == [10, 1, 3, 10, 1, 3]


def test_wrong_numbers_are_refused():
    with pytest.raises(ZooError, match="one weight for each size"):
        FreshSinusoids((1.0, 1.0), (1.0,))
