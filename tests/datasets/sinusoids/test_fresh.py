"""Fresh waves: a stream from its seed, sizes and weights, conditions, evaluation apart from training."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FreshSinusoids
from zoo.datasets.sinusoids.waves import POINTS
from zoo.utils.errors import ZooError


@pytest.fixture
def episodes():
    return FreshSinusoids((0.25, 0.25, 0.5), (1.0, 2.0, 3.0))


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


def test_an_oracle_sees_the_same_waves_with_amplitude_and_phase():
    oracle = FreshSinusoids(oracle=True)
    drawn, plain = oracle.draw(50, seed=2), dataclasses.replace(oracle, oracle=False).draw(50, seed=2)
    np.testing.assert_array_equal(drawn.support_x[..., :1], plain.support_x)
    np.testing.assert_array_equal(drawn.query_y, plain.query_y)
    (inputs, _), (other, _) = (next(iter(each.stream(4, seed=1))) for each in (oracle, dataclasses.replace(oracle, oracle=False)))
    np.testing.assert_array_equal(inputs["query_x"][..., :1], other["query_x"])
    x, y = inputs["support_x"].numpy(), inputs["support_y"].numpy()
    np.testing.assert_allclose(x[..., 1:2] / 0.025 * np.sin(x[..., :1] - x[..., 2:] / 0.025), y, atol=1e-4)
    assert oracle.questions(2, seed=1) is None


def test_the_score_is_the_squared_error_of_every_task():
    drawn = FreshSinusoids().draw(3, seed=1)
    ((condition, errors),) = FreshSinusoids().score(drawn.query_y + np.array([0, 1, 2]).reshape(3, 1, 1), drawn)
    assert condition == {}
    np.testing.assert_allclose(errors, [0, 1, 4], rtol=1e-5)


def test_wrong_numbers_are_refused():
    with pytest.raises(ZooError, match="one weight for each size"):
        FreshSinusoids((1.0, 1.0), (1.0,))
