"""Waves: points on them, parameters in their ranges, noise in the support alone, questions about one wave."""

import numpy as np
import pytest

from zoo.datasets.sinusoids.waves import AMPLITUDE, PHASE, POINTS, draw_questions, draw_tasks, sinusoids, squared_errors


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
