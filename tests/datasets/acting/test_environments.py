"""Environments: the same seed is the same trials, training never shows what is drawn, and places are drawn by their share."""

import numpy as np
import tensorflow as tf

from zoo.datasets import Bandits, TabularMDPs
from zoo.datasets.acting.environments import chosen, picked


def test_the_same_seed_draws_the_same_trials_and_no_stream_does():
    for worlds in (Bandits(), TabularMDPs()):
        drawn, again, other = worlds.draw(3, 1), worlds.draw(3, 1), worlds.draw(3, 2)
        for one, same, different in zip(drawn, again, other, strict=True):
            np.testing.assert_array_equal(one, same)
            assert not np.array_equal(one, different)
        training = worlds.trials(3, tf.constant([1, 0], tf.int64))
        for name, part in drawn.inputs.items():
            assert not np.array_equal(training[name], part)


def test_a_stream_numbers_its_steps_and_goes_on_where_it_was():
    whole = list(Bandits().stream(4, 7).take(5).as_numpy_iterator())
    assert [step["number"].tolist() for step in whole] == [[0], [1], [2], [3], [4]]
    assert next(Bandits().stream(4, 7, 3).as_numpy_iterator())["number"] == [3]
    assert whole[0]["seed"] == [7]


def test_luck_decides_between_places_by_their_share():
    shares = tf.constant([[0.2, 0.5, 0.3]] * 5)
    np.testing.assert_array_equal(chosen(shares, tf.constant([0.0, 0.19, 0.2, 0.69, 1.0])), [0, 0, 1, 1, 2])
    luck = np.random.default_rng(0).uniform(size=20_000).astype(np.float32)
    found = np.bincount(chosen(tf.tile(shares[:1], [len(luck), 1]), luck), minlength=3) / len(luck)
    np.testing.assert_allclose(found, [0.2, 0.5, 0.3], atol=0.015)


def test_one_entry_of_each_row_is_picked():
    rows = np.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_array_equal(picked(tf.constant(rows), tf.constant([2, 0])), [rows[0, 2], rows[1, 0]])
