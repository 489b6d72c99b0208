"""Waves: points on them, parameters in their ranges, noise in the support alone, questions; and what both benchmarks promise."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from streams import every_x, same, steps

from zoo.datasets import FixedSinusoids, FreshSinusoids
from zoo.datasets.sinusoids.waves import AMPLITUDE, PHASE, POINTS, draw_questions, draw_tasks, sinusoids, squared_errors


@pytest.fixture(
    params=[FreshSinusoids((0.25, 0.25, 0.5), (1.0, 2.0, 3.0)), FixedSinusoids(20), FixedSinusoids(20, resplit=True)],
    ids=["fresh", "fixed", "resplit"],
)
def episodes(request):
    return request.param


def test_points_lie_on_the_wave_and_parameters_in_their_ranges():
    x, y = (part.numpy().astype(np.float64) for part in sinusoids([2000], 20, [1, 2]))
    assert -5 <= x.min() < -4.9
    assert 4.9 < x.max() <= 5
    basis = np.concatenate([np.sin(x), -np.cos(x)], axis=2)  # A sin(x - phi) = A cos(phi) sin(x) - A sin(phi) cos(x)
    fit = np.linalg.pinv(basis) @ y
    np.testing.assert_allclose(basis @ fit, y, atol=1e-5)
    amplitude, phase = np.hypot(fit[:, 0], fit[:, 1])[:, 0], np.arctan2(fit[:, 1], fit[:, 0])[:, 0]
    for values, (low, high) in ((amplitude, AMPLITUDE), (phase, PHASE)):
        assert values.min() == pytest.approx(low, abs=0.02)
        assert values.max() == pytest.approx(high, abs=0.02)
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.1)


def test_an_oracle_sees_the_same_waves_with_amplitude_and_phase():
    (plain, y), (x, other) = (sinusoids([50], 20, [1, 2], oracle) for oracle in (False, True))
    x = x.numpy()
    np.testing.assert_array_equal(x[..., :1], plain)
    np.testing.assert_array_equal(y, other)
    np.testing.assert_allclose(x[..., 1:2] / 0.025 * np.sin(x[..., :1] - x[..., 2:] / 0.025), y, atol=1e-4)


def test_noise_is_in_the_support_labels_only():
    clean, noisy = (draw_tasks(2000, seed=2, noise=noise) for noise in (0.0, 0.1))
    assert np.std(noisy.support_y - clean.support_y) == pytest.approx(0.1, rel=0.05)
    for name in ("support_x", "support_size", "query_x", "query_y"):
        np.testing.assert_array_equal(getattr(clean, name), getattr(noisy, name))


def test_a_larger_support_leaves_the_queries_as_many():
    drawn = draw_tasks(3, seed=1, support=20)
    assert drawn.support_x.shape == drawn.support_y.shape == (3, 20, 1)
    assert drawn.query_x.shape == (3, POINTS, 1)
    assert drawn.support_size.tolist() == [20] * 3


def test_questions_are_points_of_one_wave_and_none_of_the_evaluation():
    questions = draw_questions(4, seed=1, support=3, candidates=5)
    assert questions.support_x.shape == (4, 3, 1)
    assert questions.candidate_y.shape == (4, 5, 1)
    assert questions.target_x.shape == questions.target_y.shape == (4, 1)
    x = np.concatenate([questions.support_x, questions.candidate_x, questions.target_x[:, None]], axis=1)[..., 0]
    y = np.concatenate([questions.support_y, questions.candidate_y, questions.target_y[:, None]], axis=1)[..., 0]
    for task in range(4):
        waves = np.stack([np.sin(x[task]), np.cos(x[task])], axis=1)
        assert np.linalg.lstsq(waves, y[task], rcond=None)[1][0] < 1e-8
    drawn = draw_tasks(4, seed=1)
    assert not np.intersect1d(x, np.concatenate([drawn.support_x, drawn.query_x], axis=1)).size


def test_squared_errors_by_hand():
    ((condition, errors),) = squared_errors(np.array([[[1.0], [3.0]], [[0.0], [0.0]]]), np.zeros([2, 2, 1]))
    assert condition == {}
    np.testing.assert_array_equal(errors, [5.0, 0.0])


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


def test_an_oracle_of_a_benchmark_sees_the_same_waves_with_amplitude_and_phase(episodes):
    oracle = dataclasses.replace(episodes, oracle=True)
    drawn, plain = oracle.draw(50, seed=2), episodes.draw(50, seed=2)
    np.testing.assert_array_equal(drawn.support_x[..., :1], plain.support_x)
    np.testing.assert_array_equal(drawn.query_y, plain.query_y)
    inputs, other = (next(iter(each.stream(4, seed=1)))[0] for each in (oracle, episodes))
    np.testing.assert_array_equal(inputs["query_x"][..., :1], other["query_x"])
    x, y = inputs["support_x"].numpy(), inputs["support_y"].numpy()
    np.testing.assert_allclose(x[..., 1:2] / 0.025 * np.sin(x[..., :1] - x[..., 2:] / 0.025), y, atol=1e-4)
    assert oracle.questions(2, seed=1) is None


def test_the_score_is_the_squared_error_of_every_task(episodes):
    drawn = episodes.draw(3, seed=1)
    ((condition, errors),) = episodes.score(drawn.query_y + np.array([0, 1, 2]).reshape(3, 1, 1), drawn)
    assert condition == {}
    np.testing.assert_allclose(errors, [0, 1, 4], rtol=1e-5)
