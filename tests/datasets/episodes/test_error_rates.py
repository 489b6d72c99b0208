"""Error rates: what is wrong counts, ties are shared, and an answer that looks at nothing is at chance."""

import numpy as np
import pytest

from zoo.datasets.episodes.error_rates import error_rates


def one_hot(tasks, ways, queries=3):
    """Labels of tasks with as many queries of every class, in random order."""
    labels = np.tile(np.repeat(np.eye(ways, dtype=np.float32), queries, axis=0), [tasks, 1, 1])
    return np.random.default_rng(0).permutation(labels, axis=1)


@pytest.mark.parametrize("ways", [2, 5, 20])
@pytest.mark.parametrize("value", [0.0, 1.0, -np.inf])
def test_a_learner_that_always_answers_the_same_is_at_chance(ways, value):
    query_y = one_hot(40, ways)
    ((condition, errors),) = error_rates(np.full_like(query_y, value), query_y)
    assert condition == {}
    np.testing.assert_allclose(errors, 1 - 1 / ways)


def test_a_learner_that_always_answers_one_label_is_at_chance():
    query_y = one_hot(300, 5)
    ((_, errors),) = error_rates(np.broadcast_to(np.arange(5.0), query_y.shape), query_y)
    np.testing.assert_allclose(errors, 0.8)  # every class has as many queries


def test_errors_count_what_is_wrong_and_share_a_tie():
    query_y = np.eye(4)[[[0, 1, 2, 3]]]
    answers = [[[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 5, 5], [np.nan, 0, 0, 1]]]
    assert error_rates(np.array(answers), query_y)[0][1] == pytest.approx((0 + 1 + 0.5 + 1) / 4)
    assert error_rates(query_y, query_y)[0][1] == [0.0]
