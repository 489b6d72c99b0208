"""Made examples fit the learner that they are made for, and come again from their seed."""

import numpy as np
import pytest

from zoo.learners import made
from zoo.models import maml, prototypical, zero_shot


@pytest.fixture(scope="module", params=[maml, prototypical, zero_shot], ids=lambda module: module.__name__)
def learner(request):
    return next(iter(request.param.tiny().values()))


def test_a_made_support_is_learned_and_made_queries_are_answered(learner):
    x, y = made.support(learner)
    again, _ = made.support(learner)
    np.testing.assert_array_equal(x, again)
    assert not np.array_equal(x, made.support(learner, seed=1)[0])
    answers = learner.learn(x, y).answers(made.queries(learner))
    assert answers.shape[0] == 4
    assert np.isfinite(answers).all()


def test_a_made_episode_is_a_batch_of_tasks_of_any_sizes(learner):
    batch = made.episode(learner, sizes=(3, 1), queries=2)
    assert [part.shape[0] for part in batch.values()] == [2] * 4
    assert batch["support_x"].shape == (2, 3, *learner.example.sizes)
    assert batch["query_x"].shape == (2, 2, *learner.query.sizes)
    np.testing.assert_array_equal(batch["support_size"], np.array([3, 1], np.int32))
    assert np.isfinite(learner(batch)).all()


def test_numbers_lie_in_the_range_of_training(tiny):
    kept, tiny.input_range = tiny.input_range, (7.0, 8.0)
    try:
        for x in (made.support(tiny)[0], made.queries(tiny), made.episode(tiny)["support_x"]):
            assert 7 <= x.min() <= x.max() <= 8
    finally:
        tiny.input_range = kept
    assert -1 <= made.queries(tiny).min() <= made.queries(tiny).max() <= 1
