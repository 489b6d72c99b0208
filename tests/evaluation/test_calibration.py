"""How sure a classifier may be: the measures by their definitions, and that measuring finds a temperature that was lost."""

import dataclasses

import keras
import numpy as np
import pytest
from zoo.evaluation.embeddings import Embeddings

from zoo.datasets import FreshSinusoids, InMemory, Labelled, LakeTrials, NWay
from zoo.evaluation import calibration
from zoo.learners.embedding_classifier import Calibration


def test_expected_calibration_error_by_hand():
    odds = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.5, 0.5]])
    label = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])
    # Bins of 1/15: two answers at 0.9, half of them right; one right at 0.7; one right at 0.5.
    assert calibration.expected_calibration_error(odds, label) == pytest.approx((2 * 0.4 + 0.3 + 0.5) / 4)
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert calibration.expected_calibration_error(sure, sure) == 0


def test_area_under_the_curve_counts_pairs():
    generator = np.random.default_rng(0)
    strange, known = generator.integers(2, 9, 50), generator.integers(0, 7, 40)
    pairs = [(one > other) + 0.5 * (one == other) for one in strange for other in known]
    assert calibration.area_under_curve(strange, known) == pytest.approx(np.mean(pairs))


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


def test_a_card_says_how_sure_it_is_before_and_after(learner, tiny_pictures):
    random = np.random.default_rng(0)
    parts = [Labelled.of(random.uniform(size=[170, 8, 8, 1]), np.arange(170) // 17 + first) for first in (0, 10)]
    episodes = dataclasses.replace(tiny_pictures.benchmark, source=InMemory(parts[0], parts[1]), evaluated=((4, 2), (6, 1)))
    learner.calibration = Calibration(1e-3, 1.0, 5.0)
    found = calibration.calibration_scores(learner, episodes, tasks=6, seed=1)
    conditions = [row["condition"] for row in found["calibration"]["error"]]
    assert conditions == [{"ways": 4, "shots": 2}, {"ways": 6, "shots": 1}]
    for row in found["calibration"]["error"]:
        assert row["before"] < 0.3 < row["after"]  # noise cannot be told apart: who is sure is wrong
    (strange,) = found["is_ood"]  # ten classes are not twice six
    assert strange["condition"] == {"ways": 4, "shots": 2}
    assert 0.3 < strange["area"] < 0.7
    assert set(strange["called_ood"]) == {"known", "strange"}


def test_strangers_are_asked_about_and_never_shown(tiny_pictures):
    drawn = tiny_pictures.benchmark.draw(5, 1, ways=4, shots=2, queries=3)
    tasks = calibration.with_unknown_classes(drawn)
    assert tasks.support_x.shape[:2] == (5, 4)
    assert tasks.support_y.sum(axis=(1, 2)).tolist() == tasks.support_size.tolist() == [4] * 5
    assert tasks.query_y.sum(axis=(1, 2)).tolist() == [6] * 5
    for one, other in zip(tasks.support_x, drawn.support_x, strict=True):
        assert all(any(np.array_equal(row, shown) for shown in other) for row in one)


def test_classes_that_measure_are_those_held_out_where_there_are_some(tiny_pictures):
    parts = [Labelled.of(np.full([40, 8, 8, 1], 0.1 * (1 + part)), np.arange(40) // 10 + 4 * part) for part in range(3)]
    source = InMemory(parts[0], parts[1], parts[2])  # train, test, validation
    episodes = dataclasses.replace(tiny_pictures.benchmark, source=source)
    for learned, tones in ((("train",), {3}), (("train", "validation"), {1, 3})):
        drawn = dataclasses.replace(episodes, learned=learned).calibration_tasks(20, 1, ways=3, shots=1, queries=2)
        assert set(np.unique(np.round(10 * drawn.support_x)).tolist()) == tones
    assert calibration._rehearsals(LakeTrials(episodes))[0].support_x.shape == (100, 6, 8, 8, 1)


def test_what_cannot_be_measured_is_left_as_it_was(learner):
    assert calibration.calibrate(learner, FreshSinusoids((0.5, 0.5), (0.5, 1.0))) is None
    few = InMemory(Labelled.of(np.zeros([4, 8, 8, 1]), [0, 0, 1, 1]))
    assert calibration.calibrate(learner, NWay(few, ways=2, queries=1)) is None
    assert learner.calibration == Calibration()


def test_embeddings_of_before_serve_again(learner, tiny_pictures):
    known = Embeddings(learner)
    first = calibration.calibrate(learner, tiny_pictures.benchmark, known)
    count = len(known.rows)
    assert calibration.calibrate(learner, tiny_pictures.benchmark, known) == first
    assert len(known.rows) == count
