"""Columns as people measure them: some in 0 and 1, some with gaps, none beyond those that a table uses."""

import numpy as np

from zoo.datasets.tables.measured import measure

G = np.random.default_rng(0)
X = G.normal(size=[400, 30, 8]).astype(np.float32)
USED = np.arange(8) < G.integers(2, 9, 400)[:, None]


def test_tables_look_as_real_ones_do():
    table = measure(np.random.default_rng(1), X, USED)
    assert table.dtype == np.float32
    np.testing.assert_array_equal(table[np.broadcast_to(~USED[:, None], table.shape)], 0)
    gaps = np.isnan(table).any(axis=(1, 2))
    assert 0.05 < gaps.mean() < 0.3
    binary = np.array([set(np.unique(column[~np.isnan(column)])) <= {0.0, 1.0} for task in table for column in task.T])
    assert 0.2 < binary[USED.ravel()].mean() < 0.7
    assert np.isfinite(table[~np.isnan(table)]).all()


def test_levels_of_a_category_exclude_each_other_somewhere():
    table = measure(np.random.default_rng(2), X, np.ones([400, 8], bool))
    groups = 0
    for task in table:
        for at in range(6):
            three = task[:, at : at + 3]
            groups += np.isin(three, (0, 1)).all() and (three.sum(axis=1) <= 1).all() and three.any(axis=0).all()
    assert groups > 20


def test_the_same_seed_gives_the_same_table():
    one, other = (measure(np.random.default_rng(3), X, USED) for _ in range(2))
    np.testing.assert_array_equal(one, other)
