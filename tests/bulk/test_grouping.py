"""Batches hold tasks of like length, each task once, and no more than the caches do."""

import numpy as np

from zoo.bulk.grouping import MOST, by_length
from zoo.learners.parts import EXAMPLES


def test_every_task_is_in_one_batch_and_none_is_large():
    generator = np.random.default_rng(0)
    support, queries = generator.integers(1, 3000, 500), generator.integers(0, 50, 500)
    parts = list(by_length(support, queries, 40, 4))
    assert sorted(np.concatenate(parts).tolist()) == list(range(500))
    for part in parts:
        assert len(part) == 1 or len(part) * (support[part].max() * 40 + queries[part].max() * 4) <= EXAMPLES
    longest = [support[part].max() for part in parts]
    assert longest == sorted(longest)


def test_small_tasks_are_many_and_none_are_none():
    ones = np.ones(2 * MOST + 1, np.int64)
    assert [len(part) for part in by_length(ones, ones, 8, 4)] == [MOST, MOST, 1]
    assert list(by_length(ones[:0], ones[:0], 8, 4)) == []
