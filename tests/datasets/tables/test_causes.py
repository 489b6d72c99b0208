"""Causes and what follows from them: finite, standardised, the same from a seed."""

import numpy as np

from zoo.datasets.tables.causes import CAUSES, LAYERS, draw_causes, draw_nodes, standard


def test_causes_of_a_seed_are_the_same_and_of_several_kinds():
    one, other = (draw_causes(np.random.default_rng(1), 200, 30) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.shape == (200, 30, CAUSES)
    assert np.isfinite(one).all()
    levels = np.array([len(np.unique(column)) for task in one for column in task.T])
    assert 0.05 < (levels < 15).mean() < 0.4  # some have few levels, most are continuous


def test_nodes_follow_from_causes():
    g = np.random.default_rng(2)
    causes = draw_causes(g, 50, 40)
    nodes = draw_nodes(g, causes)
    assert nodes.shape == (50, 40, LAYERS * CAUSES)
    assert np.isfinite(nodes).all()
    assert np.abs(nodes.mean(axis=1)).max() < 1e-3
    told = [np.abs(np.corrcoef(causes[task].T, nodes[task].T)[:CAUSES, CAUSES:]).max() for task in range(50)]
    assert np.median(told) > 0.8


def test_a_constant_column_stays_finite():
    assert np.isfinite(standard(np.ones([1, 5, 2]))).all()
