"""What is to be predicted: scores of one size, classes of as many as there are, numbers with noise."""

import numpy as np
import pytest

from zoo.datasets.tables import targets

TASKS, ROWS, COLUMNS = 60, 50, 6
G = np.random.default_rng(0)
X = G.normal(size=[TASKS, ROWS, COLUMNS]).astype(np.float32)
NODES = G.normal(size=[TASKS, ROWS, 20]).astype(np.float32)
RELEVANT = np.zeros([TASKS, COLUMNS], bool)
RELEVANT[:, :2] = True


@pytest.mark.parametrize("draw", [targets._trees, targets._linear, targets._waves, targets._distances])
def test_only_relevant_columns_matter(draw):
    other = X.copy()
    other[:, :, 2:] = 5.0
    one, two = (draw(np.random.default_rng(3), x, NODES, RELEVANT, 4) for x in (X, other))
    assert one.shape == (TASKS, ROWS, 4)
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4)


def test_scores_have_one_size():
    scores = targets.draw_scores(np.random.default_rng(1), X, NODES, RELEVANT, 5)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=1e-3)
    np.testing.assert_allclose(scores.var(axis=1).mean(axis=1), 1, atol=0.01)


def test_classes_are_below_the_number_of_ways_and_most_tasks_show_several():
    ways = np.repeat([2, 3, 10], TASKS // 3)
    scores = targets.draw_scores(np.random.default_rng(1), X, NODES, RELEVANT, 10)
    y = targets.draw_classes(np.random.default_rng(2), scores, ways)
    assert (y.max(axis=1) < ways).all()
    assert np.mean([len(np.unique(row)) > 1 for row in y]) > 0.9
    assert len(np.unique(y[ways == 10])) == 10


def test_numbers_hang_on_the_first_score():
    scores = targets.draw_scores(np.random.default_rng(1), X, NODES, RELEVANT, 2)
    y = targets.draw_numbers(np.random.default_rng(2), scores)
    told = [abs(np.corrcoef(row, score[:, 0])[0, 1]) for row, score in zip(y, scores, strict=True)]
    assert 0.5 < np.median(told) < 0.999
