"""Sampling: seeds that never meet, tables of data, the order of what is fetched, and tasks drawn in chunks."""

import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from zoo.datasets import InMemory, Labelled
from zoo.datasets.episodes import sampling
from zoo.datasets.episodes.sampling import (
    Sampled,
    derived_seed,
    draw_in_chunks,
    fetch_examples,
    loaded,
    sample_examples,
    tabulate,
)
from zoo.utils.errors import ZooError

DATA = Labelled(np.arange(18, dtype=np.float32).reshape(9, 2), ("a", "b", "c"), [2, 3, 4], ("x", "x", "y"))


def test_streams_and_purposes_share_no_seed():
    seeds = {
        tuple(derived_seed(stream, purpose, 2**31 - 1, 7).numpy().tolist())
        for stream, purpose in itertools.product(range(3), range(12))
    }
    assert len(seeds) == 36
    assert derived_seed(1, 2, 3, 4).numpy().tolist() == [(34 << 36) + 3, 4]


def test_a_table_holds_bounds_of_classes_and_of_large_groups():
    table = tabulate(DATA, group_size=2)
    assert table.starts.numpy().tolist() == [0, 2, 5]
    assert table.counts.numpy().tolist() == [2, 3, 4]
    assert table.groups.numpy().tolist() == [[0, 2]]
    np.testing.assert_array_equal(table.images(tf.constant([[8], [0]])), DATA.x[[[8], [0]]])
    bright = tabulate(Labelled(np.array([[0], [51], [255]], np.uint8), (0,), [3]))
    np.testing.assert_allclose(bright.images(tf.range(3)), [[0], [0.2], [1]], rtol=1e-6)


def test_samples_are_distinct_examples_of_their_classes():
    seeds = functools.partial(derived_seed, 0, seed=1, block=0)
    sampled = sample_examples(tabulate(DATA), tf.constant([[2, 1], [1, 2]] * 20), (1, 2), 1, seeds)
    assert sampled.rows.shape == (40, 2, 3)
    for rows, (first, second) in zip(sampled.rows.numpy(), [(2, 1), (1, 2)] * 20, strict=True):
        assert set(DATA.labels[rows[0]]) == {first} and set(DATA.labels[rows[1]]) == {second}
        assert len(set(rows.ravel().tolist())) == 6
    assert set(sampled.shots.numpy().ravel().tolist()) == {1, 2}


def test_examples_are_fetched_in_order_with_the_rest_of_the_support_last():
    rows = tf.constant([[[5, 6, 7], [2, 3, 4]]])  # two ways, up to two shots, one query
    orders = tf.constant([[0.3, 0.9, 0.1, 0.2]]), tf.constant([[0.8, 0.4]])
    sampled = Sampled(rows, tf.constant([[1, 2]]), *orders, tf.zeros([1, 1]))
    support_x, support_y, size, query_x, query_y = fetch_examples(tabulate(DATA), sampled, 2, 2, 1)
    np.testing.assert_array_equal(support_x, DATA.x[[[2, 3, 5, 6]]])
    np.testing.assert_array_equal(support_y, [[[0, 1], [0, 1], [1, 0], [0, 0]]])
    assert size.numpy().tolist() == [3]
    np.testing.assert_array_equal(query_x, DATA.x[[[4, 7]]])
    np.testing.assert_array_equal(query_y, [[[0, 1], [1, 0]]])


def test_tasks_come_in_chunks(monkeypatch):
    monkeypatch.setattr(sampling, "CHUNK", 2)
    calls = []

    def draw_chunk(*numbers):
        calls.append(numbers)
        return [tf.fill([numbers[1], 1], part + numbers[2]) for part in range(5)]

    drawn = draw_in_chunks(draw_chunk, 5)
    assert calls == [(0, 2, 0), (1, 2, 2), (2, 1, 4)]  # chunk, tasks, first task
    assert drawn.query_y[:, 0].tolist() == [4, 4, 6, 6, 8]
    with pytest.raises(ZooError, match="tasks=0: draw one or more"):
        draw_in_chunks(draw_chunk, 0)


def test_data_is_loaded_once():
    source = InMemory(DATA)
    assert loaded(source, ("train",), False) is loaded(source, ("train",), False)
