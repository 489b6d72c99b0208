"""The tasks on which `photos` is measured: disjoint, at most five queries of a class, and the same for the same seed."""

import numpy as np
import photos
import pytest


def test_a_class_of_fewer_than_three_pictures_is_left_out():
    found = photos.grouped(np.array(["b", "a", "b", "c", "a", "b", "a", "c"]))
    assert [places.tolist() for places in found] == [[1, 4, 6], [0, 2, 5]]


@pytest.mark.parametrize("shots", [1, 3])
def test_support_and_queries_are_disjoint_and_of_the_classes_that_they_are_said_to_be(shots):
    labels = np.repeat(np.arange(6), [2, 3, 4, 7, 12, 12])
    classes = photos.grouped(labels)
    for one in photos.episodes(classes, 3, shots, tasks=20, seed=2):
        assert not set(one.support) & set(one.query)
        of = {number: labels[place] for place, number in zip(one.support, one.support_class, strict=True)}
        assert len(set(of.values())) == 3 and len(one.support) == 3 * shots
        assert [of[number] for number in one.query_class] == labels[one.query].tolist()
        for number, label in of.items():
            assert np.sum(one.query_class == number) == min(photos.QUERIES, np.sum(labels == label) - shots) > 0


def test_the_same_seed_draws_the_same_tasks():
    classes = photos.grouped(np.repeat(np.arange(6), 5))
    one, same, other = ([each.support.tolist() for each in photos.episodes(classes, 3, 1, 5, seed)] for seed in (1, 1, 2))
    assert one == same != other
