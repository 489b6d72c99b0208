"""A fixed list of waves, each shown once in a pass, split as published or anew; see `test_waves.py` for what both promise."""

import numpy as np
import pytest
from streams import every_x, steps

from zoo.datasets import FixedSinusoids
from zoo.datasets.sinusoids.waves import POINTS
from zoo.utils.errors import ZooError


def test_every_pass_over_fixed_tasks_shows_each_once_with_the_same_split():
    episodes = FixedSinusoids(20)
    x, _ = episodes.training_tasks(seed=5)
    for number in range(3):
        shown = np.concatenate([every_x(step) for step in steps(episodes.stream(4, 5, start=5 * number), 5)])
        np.testing.assert_array_equal(shown[np.argsort(shown[:, 0, 0])], x.numpy()[np.argsort(x[:, 0, 0])])


def test_resplit_divides_the_same_points_differently():
    episodes = FixedSinusoids(20, resplit=True)
    first, second = (np.concatenate([every_x(s) for s in steps(episodes.stream(4, 5, start=5 * p), 5)]) for p in (0, 1))
    assert np.array_equal(np.sort(first.ravel()), np.sort(second.ravel()))
    supports = [{tuple(np.sort(task[:POINTS, 0])) for task in shown} for shown in (first, second)]
    assert not supports[0] & supports[1]


def test_questions_are_those_of_the_waves():
    assert FixedSinusoids().questions(4, seed=1, support=3, candidates=5).candidate_x.shape == (4, 5, 1)


def test_wrong_numbers_are_refused():
    with pytest.raises(ZooError, match="must divide"):
        FixedSinusoids(10).stream(3, seed=1)
