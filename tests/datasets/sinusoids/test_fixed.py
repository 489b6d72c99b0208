"""A fixed list of waves: each shown once in a pass, split as published or anew, evaluation apart from training."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FixedSinusoids
from zoo.datasets.sinusoids.waves import POINTS
from zoo.utils.errors import ZooError


@pytest.fixture(params=[False, True], ids=["as published", "resplit"])
def episodes(request):
    return FixedSinusoids(20, resplit=request.param)


def steps(dataset, count):
    return [tf.nest.map_structure(lambda part: part.numpy(), step) for step in dataset.take(count)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True))


def every_x(step):
    return np.concatenate([step[0]["support_x"], step[0]["query_x"]], axis=1)


def test_a_stream_is_the_same_each_time_and_for_each_seed_another(episodes):
    first = steps(episodes.stream(4, seed=3), 12)
    assert same(first, steps(episodes.stream(4, seed=3), 12))
    assert not same(first, steps(episodes.stream(4, seed=4), 12))


@pytest.mark.parametrize("start", [1, 5, 49, 50, 101])
def test_a_stream_can_start_at_any_step(episodes, start):
    whole = steps(episodes.stream(4, seed=3), start + 7)
    assert same(whole[start:], steps(episodes.stream(4, seed=3, start=start), 7))


def test_shapes_and_keras_structure(episodes):
    inputs, query_y, *weight = next(iter(episodes.stream(4, seed=0)))
    largest = inputs["support_x"].shape[1]
    assert inputs["support_x"].shape == inputs["support_y"].shape == (4, largest, 1)
    assert inputs["query_x"].shape == query_y.shape == (4, POINTS, 1)
    assert inputs["support_size"].dtype == tf.int32
    assert np.all((inputs["support_size"] >= 1) & (inputs["support_size"] <= largest))
    assert [part.shape for part in weight] == [(4, 1)] * len(weight)


def test_support_and_query_share_no_point(episodes):
    for step in steps(episodes.stream(4, seed=0), 20):
        points = every_x(step)[..., 0]
        assert all(len(np.unique(row)) == len(row) for row in points)


def test_evaluation_never_meets_training(episodes):
    pairs = lambda rows: {tuple(pair) for row in rows for pair in row[:, 0].reshape(-1, 2).tolist()}  # noqa: E731
    seen = set().union(*(pairs(step[0]["query_x"]) for step in steps(episodes.stream(4, seed=1), 50)))
    for number in range(3):
        assert not seen & pairs(episodes.draw(500, seed=1 + number).query_x)


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


def test_an_oracle_sees_the_same_waves_with_amplitude_and_phase():
    oracle = FixedSinusoids(20, oracle=True)
    drawn, plain = oracle.draw(50, seed=2), dataclasses.replace(oracle, oracle=False).draw(50, seed=2)
    np.testing.assert_array_equal(drawn.support_x[..., :1], plain.support_x)
    np.testing.assert_array_equal(drawn.query_y, plain.query_y)
    (inputs, _), (other, _) = (next(iter(each.stream(4, seed=1))) for each in (oracle, dataclasses.replace(oracle, oracle=False)))
    np.testing.assert_array_equal(inputs["query_x"][..., :1], other["query_x"])
    x, y = inputs["support_x"].numpy(), inputs["support_y"].numpy()
    np.testing.assert_allclose(x[..., 1:2] / 0.025 * np.sin(x[..., :1] - x[..., 2:] / 0.025), y, atol=1e-4)
    assert oracle.questions(2, seed=1) is None


def test_the_score_is_the_squared_error_of_every_task():
    drawn = FixedSinusoids().draw(3, seed=1)
    ((condition, errors),) = FixedSinusoids().score(drawn.query_y + np.array([0, 1, 2]).reshape(3, 1, 1), drawn)
    assert condition == {}
    np.testing.assert_allclose(errors, [0, 1, 4], rtol=1e-5)


def test_questions_are_those_of_the_waves():
    assert FixedSinusoids().questions(4, seed=1, support=3, candidates=5).candidate_x.shape == (4, 5, 1)


def test_wrong_numbers_are_refused():
    with pytest.raises(ZooError, match="must divide"):
        FixedSinusoids(10).stream(3, seed=1)
