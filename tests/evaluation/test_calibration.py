"""Calibration: the measures by their definitions, and that measuring finds a temperature that was lost."""

import dataclasses

import keras
import numpy as np
import pytest

from zoo.datasets import FreshSinusoids, InMemory, Labelled, NWay
from zoo.evaluation import calibration
from zoo.learners.capabilities.calibrates import Calibration


def test_expected_calibration_error_by_hand():
    odds = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.5, 0.5]])
    label = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])
    # Bins of 1/15: two answers at 0.9, half of them right; one right at 0.7; one right at 0.5.
    assert calibration.expected_calibration_error(odds, label) == pytest.approx((2 * 0.4 + 0.3 + 0.5) / 4)
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert calibration.expected_calibration_error(sure, sure) == 0


def test_area_under_the_curve_counts_pairs():
    generator = np.random.default_rng(0)
    unknown, known = generator.integers(2, 9, 50), generator.integers(0, 7, 40)
    pairs = [(one > other) + 0.5 * (one == other) for one in unknown for other in known]
    assert calibration.area_under_curve(unknown, known) == pytest.approx(np.mean(pairs))


@pytest.fixture
def learner(tiny_pictures):
    keras.utils.set_random_seed(0)
    return tiny_pictures.build()


def test_a_temperature_that_was_lost_is_found(learner, tiny_pictures):
    """Embeddings three times as long make squared distances nine times as large, and all else the same."""
    first = calibration.calibrate(learner, tiny_pictures.benchmark)
    assert first == learner.calibration
    assert 0 < first.temperature < np.inf
    layer = learner.encoder.normalisations[-1]
    for weight in (layer.gamma, layer.beta):
        weight.assign(3.0 * weight)
    again = calibration.calibrate(learner, tiny_pictures.benchmark)
    assert again.temperature == pytest.approx(9 * first.temperature, rel=0.06)  # the grid's step is five per cent
    assert again.spread == pytest.approx(9 * first.spread, rel=1e-3)
    assert again.ood_threshold == pytest.approx(first.ood_threshold, rel=0.06)


def test_a_card_says_what_calibration_is_worth_before_and_after(learner, tiny_pictures):
    random = np.random.default_rng(0)
    parts = [Labelled.of(random.uniform(size=[170, 8, 8, 1]), np.arange(170) // 17 + first) for first in (0, 10)]
    conditions = ((4, 2), (6, 1))
    benchmark = dataclasses.replace(tiny_pictures.benchmark, source=InMemory(*parts), evaluation_conditions=conditions)
    learner.calibration = kept = Calibration(2.0**-10, 1.0, 5.0)
    found = calibration.calibration_scores(learner, *learner.for_evaluation(benchmark), tasks=6, seed=1)
    assert learner.calibration == kept
    assert found["calibration"].items() >= {"temperature": 2.0**-10, "spread": 1.0, "ood_threshold": 5.0}.items()
    assert [row["condition"] for row in found["calibration"]["error"]] == [{"ways": 4, "shots": 2}, {"ways": 6, "shots": 1}]
    for row in found["calibration"]["error"]:
        assert row["before"] < 0.3 < row["after"]  # noise cannot be told apart: who is sure is wrong
    (unknown,) = found["out_of_distribution"]  # ten classes are not twice six
    assert unknown["condition"] == {"ways": 4, "shots": 2}
    assert 0.3 < unknown["area"] < 0.7
    assert set(unknown["called_ood"]) == {"known", "unknown"}


def test_unknown_classes_are_asked_about_and_never_shown(tiny_pictures):
    drawn = tiny_pictures.benchmark.draw(5, 1, ways=4, shots=2, queries=3)
    tasks = calibration.with_unknown_classes(drawn)
    assert tasks.support_x.shape[:2] == (5, 4)
    assert tasks.support_y.sum(axis=(1, 2)).tolist() == tasks.support_size.tolist() == [4] * 5
    assert tasks.query_y.sum(axis=(1, 2)).tolist() == [6] * 5
    for one, other in zip(tasks.support_x, drawn.support_x, strict=True):
        assert all(any(np.array_equal(row, shown) for shown in other) for row in one)


def test_examples_without_a_label_stay_beside_unknown_classes(tiny_pictures):
    drawn = tiny_pictures.benchmark.draw(5, 1, ways=4, shots=2, queries=3)
    drawn.support_y[:, 0] = 0.0
    free = calibration.with_unknown_classes(drawn)
    for task in range(5):
        assert drawn.support_x[task, 0] in free.support_x[task]
        assert not free.support_y[task, [np.array_equal(row, drawn.support_x[task, 0]) for row in free.support_x[task]]].any()


def test_it_is_measured_on_the_calibration_tasks_of_the_benchmark_and_no_others(learner, tiny_pictures, monkeypatch):
    benchmark = tiny_pictures.benchmark
    tasks = benchmark.calibration_tasks()[:1]
    monkeypatch.setattr(type(benchmark), "calibration_tasks", lambda self: tasks)
    monkeypatch.setattr(type(benchmark), "draw", lambda *_, **__: pytest.fail("drew other tasks"))
    found = calibration.calibrate(learner, benchmark)
    (drawn,) = tasks
    logits = learner.answers(drawn.inputs).numpy()
    scores = -logits.max(axis=-1)
    assert np.mean(scores < found.ood_threshold) == pytest.approx(calibration.KNOWN, abs=0.01)
    spread, examples, _ = learner.leave_one_out(learner.graphs.adapt(*drawn[:3]))
    assert found.spread == pytest.approx(float(np.sum(spread) / np.sum(examples)), rel=1e-4)
    losses = [calibration.cross_entropy(logits * factor, drawn.query_y) for factor in (0.8, 1.0, 1.25)]
    assert losses[1] == min(losses)


def test_what_cannot_be_measured_is_left_as_it_was(learner):
    assert calibration.calibrate(learner, FreshSinusoids((0.5, 0.5), (0.5, 1.0))) is None
    few = InMemory(Labelled.of(np.zeros([4, 8, 8, 1]), [0, 0, 1, 1]))
    assert calibration.calibrate(learner, NWay(few, ways=2, queries=1)) is None
    assert learner.calibration == Calibration()


def test_what_has_no_calibration_is_left_alone(tiny, tiny_pictures):
    assert calibration.calibrate(tiny, tiny_pictures.benchmark) is None
