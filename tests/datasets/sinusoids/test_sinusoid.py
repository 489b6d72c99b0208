import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import FixedSinusoids, FreshSinusoids
from zoo.datasets.sinusoids.sinusoid import AMPLITUDE, PHASE, POINTS, sinusoids

FLAVOURS = {
    "fresh": FreshSinusoids((0.25, 0.25, 0.5), (1.0, 2.0, 3.0)),
    "fixed": FixedSinusoids(20),
    "resplit": FixedSinusoids(20, resplit=True),
}


@pytest.fixture(params=FLAVOURS)
def episodes(request):
    return FLAVOURS[request.param]


def steps(dataset, count):
    return [tf.nest.map_structure(lambda part: part.numpy(), step) for step in dataset.take(count)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True))


def every_x(step):
    return np.concatenate([step[0]["support_x"], step[0]["query_x"]], axis=1)


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


def test_every_pass_over_fixed_tasks_shows_each_once_with_the_same_split():
    episodes = FixedSinusoids(20)
    x, _ = episodes.training_tasks(seed=5)
    for number in range(3):
        shown = np.concatenate([every_x(step) for step in steps(episodes.stream(4, 5, start=5 * number), 5)])
        np.testing.assert_array_equal(shown[np.argsort(shown[:, 0, 0])], x.numpy()[np.argsort(x[:, 0, 0])])


def test_resplit_deals_the_same_points_differently():
    episodes = FixedSinusoids(20, resplit=True)
    first, second = (np.concatenate([every_x(s) for s in steps(episodes.stream(4, 5, start=5 * p), 5)]) for p in (0, 1))
    assert np.array_equal(np.sort(first.ravel()), np.sort(second.ravel()))
    supports = [{tuple(np.sort(task[:POINTS, 0])) for task in shown} for shown in (first, second)]
    assert not supports[0] & supports[1]


def test_noise_touches_support_labels_only():
    clean, noisy = (FreshSinusoids().draw(2000, seed=2, noise=noise) for noise in (0.0, 0.1))
    assert np.std(noisy.support_y - clean.support_y) == pytest.approx(0.1, rel=0.05)
    assert same([clean.support_x, clean.query_x, clean.query_y], [noisy.support_x, noisy.query_x, noisy.query_y])


@pytest.mark.parametrize("episodes", [FreshSinusoids(oracle=True), FixedSinusoids(20, oracle=True)], ids=["fresh", "fixed"])
def test_an_oracle_sees_the_same_waves_with_amplitude_and_phase(episodes):
    plain = dataclasses.replace(episodes, oracle=False)
    drawn, same = episodes.draw(50, seed=2), plain.draw(50, seed=2)
    np.testing.assert_array_equal(drawn.support_x[..., :1], same.support_x)
    assert same_labels(drawn, same)
    streamed, other = (next(iter(each.stream(4, seed=1))) for each in (episodes, plain))
    np.testing.assert_array_equal(streamed[0]["query_x"][..., :1], other[0]["query_x"])
    for x, y in ((drawn.query_x, drawn.query_y), (streamed[0]["support_x"].numpy(), streamed[0]["support_y"].numpy())):
        amplitude, phase = x[..., 1:2] / 0.025, x[..., 2:] / 0.025
        np.testing.assert_allclose(amplitude * np.sin(x[..., :1] - phase), y, atol=1e-4)


def same_labels(one, other):
    return np.array_equal(one.support_y, other.support_y) and np.array_equal(one.query_y, other.query_y)


def test_wrong_numbers_are_refused():
    with pytest.raises(ValueError, match="one weight for each size"):
        FreshSinusoids((1.0, 1.0), (1.0,))
    with pytest.raises(ValueError, match="must divide"):
        FixedSinusoids(10).stream(3, seed=1)


def test_questions_are_points_of_one_wave_and_none_of_the_evaluation():
    questions = FreshSinusoids().questions(4, seed=1, support=3, candidates=5)
    assert questions.support_x.shape == (4, 3, 1)
    assert questions.candidate_y.shape == (4, 5, 1)
    assert questions.target_x.shape == questions.target_y.shape == (4, 1)
    x = np.concatenate([questions.support_x, questions.candidate_x, questions.target_x[:, None]], axis=1)[..., 0]
    y = np.concatenate([questions.support_y, questions.candidate_y, questions.target_y[:, None]], axis=1)[..., 0]
    for task in range(4):
        waves = np.stack([np.sin(x[task]), np.cos(x[task])], axis=1)
        assert np.linalg.lstsq(waves, y[task], rcond=None)[1][0] < 1e-8
    drawn = FreshSinusoids().draw(4, seed=1)
    assert not np.intersect1d(x, np.concatenate([drawn.support_x, drawn.query_x], axis=1)).size
